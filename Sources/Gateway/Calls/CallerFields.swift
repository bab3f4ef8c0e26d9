import HTTPTypes

/// The fields of an answer as the caller gets them: made here, each, from what is on this list and from nothing else.
enum CallerFields {
    static func fields(_ head: AnswerHead, for caller: GatewayCaller) -> HTTPFields {
        var fields = common(caller)
        for (name, value) in lines(head) { fields[name] = value }
        return fields
    }

    /// What of the gateway's own fields is the caller's to see; each name once.
    static func lines(_ head: AnswerHead) -> [(name: HTTPField.Name, value: String)] {
        var lines: [(name: HTTPField.Name, value: String)] = []
        lines.reserveCapacity(8)
        func add(_ name: HTTPField.Name, _ value: String?) {
            if let value, ForwardedFields.isSafe(value) { lines.append((name, value)) }
        }
        add(.contentType, head.contentType)
        add(.retryAfter, head.retryAfter)
        add(.eTag, head.etag)
        add(.lastModified, head.lastModified)
        add(.age, head.age.map { String($0) })
        lines.append((.cacheControl, head.safeCacheControl))
        return lines
    }

    static func fields(_ answer: StoredAnswer, age: Int, for caller: GatewayCaller) -> HTTPFields {
        var fields = common(caller)
        fields[.contentType] = answer.contentType
        if let etag = answer.etag { fields[.eTag] = etag }
        if let lastModified = answer.lastModified { fields[.lastModified] = lastModified }
        fields[.age] = String(age)
        fields[.cacheControl] = answer.cacheControl
        return fields
    }

    static func stream(for caller: GatewayCaller) -> HTTPFields {
        var fields = common(caller)
        fields[.contentType] = "text/event-stream; charset=utf-8"
        fields[.cacheControl] = "no-store, no-transform"
        fields[.accelBuffering] = "no"
        return fields
    }

    private static func common(_ caller: GatewayCaller) -> HTTPFields {
        var fields = HTTPFields()
        if ForwardedFields.isSafe(caller.requestID) { fields[.requestID] = caller.requestID }
        return fields
    }
}

extension HTTPField.Name {
    private static func fixed(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("no name of a field: \(name)") }
        return name
    }

    static let accelBuffering = fixed("X-Accel-Buffering")
    static let cacheStatus = fixed("Cache-Status")
    static let requestID = fixed("X-Request-Id")
}

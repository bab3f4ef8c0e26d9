import HTTPTypes

/// The fields of an answer as the caller gets them: made here, each, from what is on this list and from nothing else.
enum CallerFields {
    static func fields(_ head: AnswerHead, for caller: GatewayCaller) -> HTTPFields {
        var fields = common(caller)
        if let contentType = head.contentType, ForwardedFields.isSafe(contentType) { fields[.contentType] = contentType }
        if let retryAfter = head.retryAfter, ForwardedFields.isSafe(retryAfter) { fields[.retryAfter] = retryAfter }
        if let etag = head.etag, ForwardedFields.isSafe(etag) { fields[.eTag] = etag }
        if let lastModified = head.lastModified, ForwardedFields.isSafe(lastModified) { fields[.lastModified] = lastModified }
        if let age = head.age { fields[.age] = String(age) }
        fields[.cacheControl] = head.safeCacheControl
        return fields
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

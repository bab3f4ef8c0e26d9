import JSON

/// Why a request was not done, as the protocol has it.
struct GatewayFailure: Sendable, Equatable {
    /// `UNAVAILABLE`, `INVALID_REQUEST`, …
    var code: String
    var message: String
    /// With the finer `code`, `reason` or `requestId`.
    var details: JSONValue?
    var retryAfterMilliseconds: Int?

    init(code: String, message: String, details: JSONValue? = nil, retryAfterMilliseconds: Int? = nil) {
        self.code = code
        self.message = message
        self.details = details
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    init(_ value: JSONValue) {
        code = value["code"]?.string ?? ""
        message = value["message"]?.string ?? ""
        details = value["details"]
        retryAfterMilliseconds = value["retryAfterMs"]?.double.map { Int(max(0, min($0, 86_400_000))) }
    }

    var value: JSONValue {
        var members: [String: JSONValue] = ["code": .string(code), "message": .string(message)]
        members["details"] = details
        if let retryAfterMilliseconds {
            members["retryable"] = true
            members["retryAfterMs"] = .integer(retryAfterMilliseconds)
        }
        return .object(members)
    }

    /// The finer code, where there is one.
    var detailCode: String { details?["code"]?.string ?? "" }

    /// Seconds, rounded up.
    var retryAfter: Int? { retryAfterMilliseconds.map { ($0 + 999) / 1_000 } }
}

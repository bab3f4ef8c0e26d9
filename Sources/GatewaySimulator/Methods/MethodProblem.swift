import JSON

/// Why a method was not done, as the protocol says it.
struct MethodProblem: Error {
    let code: String
    let message: String
    var details: JSONValue?
    var retryAfter: Int?

    static func invalid(_ message: String, details: JSONValue? = nil) -> MethodProblem {
        MethodProblem(code: "INVALID_REQUEST", message: message, details: details)
    }

    static func missing(scope: String) -> MethodProblem {
        MethodProblem(
            code: "FORBIDDEN", message: "missing scope: \(scope)",
            details: ["code": "MISSING_SCOPE", "missingScope": .string(scope), "requiredScopes": [.string(scope)]])
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["code": .string(code), "message": .string(message)]
        if let details { members["details"] = details }
        if let retryAfter {
            members["retryable"] = true
            members["retryAfterMs"] = .integer(retryAfter)
        }
        return .object(members)
    }

    /// Over HTTP.
    var status: Int {
        switch code {
        case "INVALID_REQUEST": 400
        case "APPROVAL_NOT_FOUND": 404
        case "NOT_LINKED", "NOT_PAIRED": 409
        case "UNAVAILABLE": 503
        case "AGENT_TIMEOUT": 504
        default: 500
        }
    }
}

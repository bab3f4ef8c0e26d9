import JSON

extension GatewayProblem {
    /// What a refused `connect` means.
    static func connecting(_ failure: GatewayFailure) -> GatewayProblem {
        let reason = failure.details?["reason"]?.string ?? ""
        switch failure.detailCode {
        case "AUTH_TOKEN_MISSING", "AUTH_PASSWORD_MISSING": return GatewayProblem(.tokenMissing)
        case "AUTH_TOKEN_MISMATCH", "AUTH_TOKEN_NOT_CONFIGURED", "AUTH_PASSWORD_MISMATCH", "AUTH_PASSWORD_NOT_CONFIGURED",
            "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_UNAUTHORIZED":
            return GatewayProblem(.tokenWrong, retryAfter: failure.retryAfter)
        case "AUTH_SCOPE_MISMATCH": return GatewayProblem(.scopeMissing, excerpt(failure.message))
        case "AUTH_RATE_LIMITED": return GatewayProblem(.lockedOut, retryAfter: failure.retryAfter ?? 300)
        case "PAIRING_REQUIRED":
            let request = failure.details?["requestId"]?.string
            return GatewayProblem(.pairingNeeded, request.map { "The request is \(excerpt($0))." } ?? "")
        case "PROTOCOL_MISMATCH": return GatewayProblem(.tooOld, excerpt(failure.message))
        case "MISSING_SCOPE": return GatewayProblem(.scopeMissing, excerpt(failure.message))
        case let code where code.hasPrefix("DEVICE_AUTH_"): return GatewayProblem(.failing, excerpt(failure.message))
        default: break
        }
        switch failure.code {
        case "UNAVAILABLE":
            return GatewayProblem(reason.isEmpty || reason.hasPrefix("startup") ? .starting : .restarting, retryAfter: failure.retryAfter)
        case "NOT_PAIRED": return GatewayProblem(.pairingNeeded)
        case "UNAUTHORIZED": return GatewayProblem(.tokenWrong)
        default: return GatewayProblem(.failing, excerpt(failure.message), retryAfter: failure.retryAfter)
        }
    }

    /// What a refused request means.
    static func asking(_ method: String, _ failure: GatewayFailure) -> GatewayProblem {
        let detail = excerpt(failure.message)
        if failure.detailCode == "MISSING_SCOPE" || failure.message.hasPrefix("missing scope") { return GatewayProblem(.scopeMissing, detail) }
        switch failure.code {
        case "UNAVAILABLE":
            let isStarting = failure.details?["reason"]?.string?.hasPrefix("startup") == true
            return GatewayProblem(isStarting ? .starting : .failing, detail, retryAfter: failure.retryAfter)
        case "AGENT_TIMEOUT": return GatewayProblem(.slow, detail, retryAfter: failure.retryAfter)
        case "INVALID_REQUEST" where failure.message.hasPrefix("unknown method"), "METHOD_NOT_FOUND":
            return GatewayProblem(.notEnabled, "It has no \(method).")
        case "INVALID_REQUEST", "APPROVAL_NOT_FOUND", "NOT_FOUND", "NOT_LINKED": return GatewayProblem(.requestInvalid, detail)
        default: return GatewayProblem(.failing, detail, retryAfter: failure.retryAfter)
        }
    }

    /// What it means that the gateway has closed the socket.
    static func closed(_ end: SocketEnd) -> GatewayProblem {
        if end.isOurs { return GatewayProblem(.answerBroken, "It sent what is no message of the protocol (\(end.reason)).") }
        switch end.code {
        case nil: return GatewayProblem(.unreachable, "The connection broke.")
        case 1002: return GatewayProblem(.tooOld, excerpt(end.reason))
        case 1012: return GatewayProblem(.restarting)
        case 1013: return GatewayProblem(.starting)
        case 1008:
            let reason = end.reason.lowercased()
            if reason.contains("pairing") { return GatewayProblem(.pairingNeeded) }
            if reason.contains("unauthorized") || reason.contains("token") { return GatewayProblem(.tokenWrong) }
            return GatewayProblem(.failing, excerpt(end.reason))
        case 1000, 1001: return GatewayProblem(.unreachable, "It closed the connection.")
        case let code?: return GatewayProblem(.failing, "It closed the connection with \(code).")
        }
    }

    /// Enough of a foreign text to understand it, on one line.
    static func excerpt(_ text: String) -> String {
        let line = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        return line.count > 200 ? line.prefix(200) + "…" : line
    }

    /// As HTTP has the failure of a request that went over a socket.
    static func status(of failure: GatewayFailure) -> Int {
        switch failure.code {
        case "INVALID_REQUEST": 400
        case "FORBIDDEN": 403
        case "APPROVAL_NOT_FOUND", "NOT_FOUND": 404
        case "NOT_LINKED", "NOT_PAIRED": 409
        case "UNAVAILABLE": 503
        case "AGENT_TIMEOUT": 504
        default: 502
        }
    }
}

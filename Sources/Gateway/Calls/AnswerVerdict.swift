import JSON
import NIOCore

/// Reads an answer that is not simply what was asked for.
enum AnswerVerdict {
    /// Bytes of an answer that are read to find out what it says.
    static let limit = 64 << 10

    /// What is wrong by its head alone; `nil` where it is fine, or its content must tell.
    static func problem(_ head: AnswerHead, for route: GatewayRoute) -> GatewayProblem? {
        if head.isEncoded { return GatewayProblem(.answerBroken, "it is compressed although nobody asked for that") }
        guard (200..<300).contains(head.status) else { return nil }
        if head.isJSON || head.status == 204 { return nil }
        if head.isEventStream, route.answer == .jsonOrStream { return nil }
        if head.isHTML { return GatewayProblem(.notEnabled, "\(route.name) gave a page instead of data.") }
        return GatewayProblem(.answerBroken, "\(route.name) gave neither JSON nor an event stream.")
    }

    /// What is wrong with an answer of a status other than 2xx; `nil` where the caller is to get it as it is.
    static func problem(_ head: AnswerHead, _ body: ByteBuffer, for match: RouteMatch, hasToken: Bool) -> GatewayProblem? {
        // Most are plain text, which says nothing more than the status does.
        let json = head.isJSON ? try? JSONValue(parsing: body.readableBytesView) : nil
        let error = json?["error"]
        let type = error?["type"]?.string ?? error?["code"]?.string ?? ""
        let message = error?["message"]?.string ?? ""
        switch head.status {
        case 401:
            return hasToken ? GatewayProblem(.tokenWrong, retryAfter: 30) : GatewayProblem(.tokenMissing)
        case 403:
            if type == "proxy_attribution_required" { return GatewayProblem(.attributionRequired) }
            if error?["details"]?["code"]?.string == "MISSING_SCOPE" || message.hasPrefix("missing scope") {
                return GatewayProblem(.scopeMissing, brief(message))
            }
            return json == nil ? GatewayProblem(.failing, "It refuses \(match.route.name) (403).") : nil
        case 404, 405:
            return json == nil ? GatewayProblem(.notEnabled, "\(match.route.name) is not there.") : nil
        case 408:
            return json == nil ? GatewayProblem(.requestInvalid, "The request came too slowly.") : nil
        case 413:
            return json == nil ? GatewayProblem(.requestTooLarge) : nil
        case 429:
            if type == "rate_limited" { return GatewayProblem(.lockedOut, retryAfter: head.retrySeconds ?? 300) }
            return json == nil ? GatewayProblem(.tooManyRequests, retryAfter: head.retrySeconds ?? 5) : nil
        case 400..<500:
            return json == nil ? GatewayProblem(.requestInvalid, "The gateway says \(head.status).") : nil
        case 503:
            return unavailable(head, json, match)
        case 500..<600:
            // A procedure that failed says so in its own words.
            if match.isProcedure, json?["ok"] != nil { return nil }
            return GatewayProblem(.failing, message.isEmpty ? "It says \(head.status)." : brief(message), retryAfter: 5)
        default:
            return GatewayProblem(.answerBroken, "It says \(head.status).")
        }
    }

    private static func unavailable(_ head: AnswerHead, _ json: JSONValue?, _ match: RouteMatch) -> GatewayProblem? {
        let status = json?["status"]?.string
        if status == "starting" { return GatewayProblem(.starting, retryAfter: head.retrySeconds ?? 3) }
        if status == "draining" { return GatewayProblem(.restarting, retryAfter: head.retrySeconds ?? 5) }
        if match.isProbe, json != nil { return nil }
        if match.isProcedure, json?["ok"] != nil { return nil }
        return GatewayProblem(.restarting, retryAfter: head.retrySeconds ?? 5)
    }

    /// Tells OpenClaw from other programs by its answer to `/health`.
    static func problem(ofHealth head: AnswerHead, _ body: ByteBuffer) -> GatewayProblem? {
        // What is no JSON is not OpenClaw's.
        guard head.isJSON, let json = try? JSONValue(parsing: body.readableBytesView) else {
            return GatewayProblem(.notOpenClaw, "Its /health is no JSON.")
        }
        if let service = json["service"]?.string { return GatewayProblem(.notOpenClaw, "It calls itself \(brief(service)).") }
        guard json["ok"]?.bool != nil, json["status"]?.string != nil else {
            return GatewayProblem(.notOpenClaw, "Its /health is not OpenClaw's.")
        }
        return nil
    }

    private static func brief(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init))
    }
}

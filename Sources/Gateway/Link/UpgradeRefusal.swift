import JSON
import NIOCore
import NIOHTTP1

/// What the answer of a server means that did not become a WebSocket.
enum UpgradeRefusal {
    /// - Parameter answer: to the upgrade.
    static func problem(_ answer: ShortAnswer) -> GatewayProblem {
        let type = answer.json?["error"]?["type"]?.string ?? ""
        switch (answer.status.code, type) {
        case (403, "proxy_attribution_required"): return GatewayProblem(.attributionRequired)
        case (429, _): return GatewayProblem(.lockedOut, retryAfter: answer.retryAfter ?? 300)
        case (401, _): return GatewayProblem(.tokenWrong)
        case (403, _): return GatewayProblem(.failing, "It refuses the connection with 403.")
        case (503, _): return GatewayProblem(.starting, retryAfter: answer.retryAfter)
        case (500..., _): return GatewayProblem(.failing, "It answers \(answer.status.code).", retryAfter: answer.retryAfter)
        default: return GatewayProblem(.notOpenClaw, "It answers \(answer.status.code) where a WebSocket should open.")
        }
    }

    /// - Parameter health: what `GET /health` answers where the upgrade was broken off; `nil` without an answer.
    static func problem(health: ShortAnswer?) -> GatewayProblem {
        // OpenClaw says `ok`, whatever its state; the stack's small program says `service`.
        guard let health, health.status == .ok, let json = health.json, json["ok"] == nil else {
            return GatewayProblem(.unreachable, "It broke the connection off.")
        }
        let name = json["service"]?.string.map { " (\(GatewayProblem.excerpt($0)))" } ?? ""
        return GatewayProblem(.notOpenClaw, "What answers\(name) does not speak WebSocket.")
    }
}

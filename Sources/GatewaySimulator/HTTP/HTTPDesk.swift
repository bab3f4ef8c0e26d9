import JSON
import NIOCore
import NIOHTTP1

/// Decides what answers a request.
struct HTTPDesk {
    let core: SimulatorCore
    let exchange: Exchange

    private static let probes: Set<Substring> = ["/health", "/healthz", "/startup", "/startupz", "/ready", "/readyz"]

    var request: SimulatorRequest { exchange.request }

    func answer() {
        let faults = core.faults
        let path = request.path
        let isProbe = Self.probes.contains(path)
        if faults.garbage, !request.isUpgrade { return exchange.garble("HTP/1.1 two hundred\r\n\u{7}\u{1B}this is not HTTP\r\n\r\n") }
        if faults.impostor { return Impostor(exchange: exchange).answer() }
        if faults.silent, !request.isUpgrade { return }
        if let status = faults.refuseAll, refuses(status, isProbe: isProbe) { return refuse(status.rawValue) }
        if isProbe { return probe(path) }
        if let header = request.origin.forwardingHeader, request.origin.isLoopback { return refuseForwarded(header) }
        if request.isUpgrade { return exchange.onUpgrade?() ?? () }
        if faults.html { return page() }
        if request.isTooLarge { return exchange.json(413, problem("Payload too large", type: "invalid_request_error")) }
        route(path, faults)
    }

    private func route(_ path: Substring, _ faults: SimulatorFaults) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch parts.first {
        case "v1" where faults.restAPIEnabled: openAI(Array(parts.dropFirst()), faults)
        case "tools" where path == "/tools/invoke": allow(.POST, bytes: 2 << 20) { ToolCall(core: core, exchange: exchange).answer() }
        case "api" where path == "/api/v1/admin/rpc" && faults.rpcEnabled:
            allow(.POST, bytes: 1 << 20) { AdminCall(core: core, exchange: exchange).answer() }
        case "sessions" where parts.count == 3 && parts.last == "history":
            allow(.GET) { SessionHistory(core: core, exchange: exchange).answer(Array(parts)[1]) }
        default: catchAll()
        }
    }

    private func openAI(_ parts: [Substring], _ faults: SimulatorFaults) {
        guard !faults.starting || parts.first == "models" else {
            return exchange.json(
                503, ["error": ["message": "gateway starting", "type": "api_error", "code": "gateway_unavailable"]], headers: [("Retry-After", "2")])
        }
        switch parts.first {
        case "models" where parts.count <= 2: allow(.GET) { Models(core: core, exchange: exchange).answer(parts.count == 2 ? parts[1] : nil) }
        case "chat" where parts.count == 2 && parts[1] == "completions":
            allow(.POST) { ChatCompletion(core: core, exchange: exchange).answer() }
        case "responses" where parts.count == 1: allow(.POST) { ModelResponse(core: core, exchange: exchange).answer() }
        default: catchAll()
        }
    }

    /// The Control UI answers every address that nothing else answers.
    private func catchAll() {
        guard request.method == .GET || request.method == .HEAD else { return exchange.text(404, "Not Found") }
        page()
    }

    private func page() { exchange.html(200, ControlPage.html, headers: [("Cache-Control", "no-cache")]) }

    // MARK: Who may

    private func allow(_ method: HTTPMethod, bytes: Int = 20 << 20, _ answer: () -> Void) {
        guard request.method == method else { return exchange.text(405, "Method Not Allowed", headers: [("Allow", method.rawValue)]) }
        guard isKnown() else { return }
        guard request.body.count <= bytes else { return exchange.json(413, problem("Payload too large", type: "invalid_request_error")) }
        answer()
    }

    /// Answers, where it is not so.
    private func isKnown() -> Bool {
        guard let token = core.configuration.token else { return true }
        switch core.check(request.bearer, against: token, from: request.origin) {
        case .right: return true
        case .wrong, .missing:
            exchange.json(401, problem("Unauthorized", type: "unauthorized"))
            return false
        case .lockedOut(let seconds):
            refuseForNow(seconds)
            return false
        }
    }

    private func refuseForNow(_ seconds: Int) {
        exchange.json(
            429, problem("Too many failed authentication attempts. Please try again later.", type: "rate_limited"),
            headers: [("Retry-After", "\(seconds)")])
    }

    private func refuseForwarded(_ header: String) {
        exchange.json(
            403,
            [
                "error": [
                    "type": "proxy_attribution_required",
                    "message": .string("A loopback request carries \(header), but its source is not in gateway.trustedProxies."),
                ]
            ])
    }

    // MARK: Faults

    /// What has to do with tokens does not concern probes, and sockets hear of it when they introduce themselves.
    private func refuses(_ status: SimulatorFaults.Status, isProbe: Bool) -> Bool {
        ![401, 403, 429].contains(status.rawValue) || !(isProbe || request.isUpgrade)
    }

    private func refuse(_ status: Int) {
        switch status {
        case 401: exchange.json(401, problem("Unauthorized", type: "unauthorized"))
        case 403:
            exchange.json(
                403,
                [
                    "ok": false,
                    "error": [
                        "type": "forbidden", "message": "missing scope: operator.write",
                        "details": ["code": "MISSING_SCOPE", "missingScope": "operator.write", "requiredScopes": ["operator.write"]],
                    ],
                ])
        case 429: refuseForNow(300)
        case 500: exchange.json(500, problem("internal error", type: "api_error"))
        case 503:
            exchange.json(
                503, ["error": ["message": "gateway draining", "type": "api_error", "code": "gateway_unavailable"]], headers: [("Retry-After", "2")])
        default: exchange.text(status, HTTPResponseStatus(statusCode: status).reasonPhrase)
        }
    }

    private func problem(_ message: String, type: String) -> JSONValue { ["error": ["message": .string(message), "type": .string(type)]] }

    // MARK: Probes

    private func probe(_ path: Substring) {
        guard request.method == .GET || request.method == .HEAD else {
            return exchange.text(405, "Method Not Allowed", headers: [("Allow", "GET, HEAD")])
        }
        let isStarting = core.faults.starting
        // A right token is not needed on this machine, and not counted against anybody here.
        let isTrusted = request.origin.isLocalDirect || (request.bearer != nil && request.bearer == core.configuration.token)
        let headers = [("Cache-Control", "no-store")]
        if path.hasPrefix("/health") { return exchange.json(200, ["ok": true, "status": "live"], headers: headers) }
        var members: [String: JSONValue]
        if path.hasPrefix("/startup") {
            members = ["ok": .bool(!isStarting), "status": isStarting ? "starting" : "started"]
            if isTrusted {
                members["version"] = .string(SimulatorCore.version)
                members["uptimeMs"] = .integer(core.uptime)
                if isStarting { members["pendingReason"] = "startup-sidecars" }
            }
        } else {
            members = ["ready": .bool(!isStarting)]
            if isTrusted {
                members["failing"] = isStarting ? ["startup-sidecars"] : []
                members["suppressed"] = []
                members["uptimeMs"] = .integer(core.uptime)
                members["eventLoop"] = ["degraded": false]
                members["conditions"] = []
                members["failures"] = []
                members["advisories"] = []
            }
        }
        exchange.json(isStarting ? 503 : 200, .object(members), headers: headers)
    }
}

import JSON

/// Decides about a client's `connect`.
struct Handshake {
    enum Outcome {
        case welcome(Welcome)
        case refusal(MethodProblem, closing: Int)
    }

    struct Refusal: Error {
        let problem: MethodProblem
        let code: Int
    }

    let core: SimulatorCore
    let origin: IngressAttribution
    let hasBrowserOrigin: Bool
    let nonce: String
    let challengedAt: Int
    let connectionID: String

    func greet(_ frame: JSONValue) -> Outcome {
        do throws(Refusal) { return .welcome(try welcome(frame)) } catch { return .refusal(error.problem, closing: error.code) }
    }

    private func welcome(_ frame: JSONValue) throws(Refusal) -> Welcome {
        let faults = core.faults
        guard frame["method"]?.string == "connect" else { throw refusal("invalid handshake: first request must be connect") }
        let parameters: ConnectParameters
        do throws(ConnectParameters.Problem) { parameters = try ConnectParameters(frame["params"] ?? .null) } catch {
            throw refusal("invalid connect params: \(error.message)")
        }
        if faults.starting {
            throw Refusal(
                problem: MethodProblem(
                    code: "UNAVAILABLE", message: "gateway starting", details: ["reason": "startup-sidecars"], retryAfter: 500), code: 1013)
        }
        guard parameters.protocols.contains(faults.protocolVersion) else {
            throw refusal(
                "protocol mismatch", code: "PROTOCOL_MISMATCH", more: ["expectedProtocol": .integer(faults.protocolVersion)], closing: 1002)
        }
        guard ["operator", "node"].contains(parameters.role) else { throw refusal("invalid role") }
        if let scope = parameters.scopes.first(where: { !OperatorScopes.known.contains($0) }) { throw refusal("unknown scope: \(scope)") }
        try refuseBecauseOfFaults(faults)
        if let device = parameters.device, let problem = DeviceProof(device: device, nonce: nonce, now: core.now).problem(parameters) {
            throw refusal(problem.message, code: problem.code, next: "review_auth_configuration")
        }
        let hasShared = try authenticate(parameters)
        if faults.pairingRequired { throw pairing("not-paired") }
        let (scopes, deviceToken) = try grant(parameters, hasShared: hasShared)
        return Welcome(
            core: core, connectionID: connectionID, client: parameters.client, role: parameters.role,
            scopes: OperatorScopes(names: faults.emptyScopes ? [] : scopes), deviceToken: deviceToken, faults: faults)
    }

    private func refuseBecauseOfFaults(_ faults: SimulatorFaults) throws(Refusal) {
        switch faults.refuseAll?.rawValue {
        case 401: throw refusal("unauthorized: gateway token mismatch", code: "AUTH_TOKEN_MISMATCH", next: "update_auth_credentials")
        case 403: throw refusal("unauthorized: scope mismatch", code: "AUTH_SCOPE_MISMATCH", next: "review_auth_configuration")
        case 429: throw lockedOut(300)
        default: break
        }
    }

    // MARK: Who it is

    /// - Returns: whether it has shown the shared secret, not only its own token.
    private func authenticate(_ parameters: ConnectParameters) throws(Refusal) -> Bool {
        guard let token = core.configuration.token else { return true }
        let known = parameters.device.flatMap { core.devices.device($0.id) }
        let hasOwnToken = known != nil && known?.token == parameters.deviceToken
        switch core.check(parameters.token ?? parameters.deviceToken, against: token, from: origin, alternatively: hasOwnToken) {
        case .right: return parameters.token == token
        case .lockedOut(let seconds): throw lockedOut(seconds)
        case .missing:
            throw refusal("unauthorized: gateway token missing", code: "AUTH_TOKEN_MISSING", next: "update_auth_configuration")
        case .wrong where parameters.token == nil:
            throw refusal("unauthorized: device token mismatch", code: "AUTH_DEVICE_TOKEN_MISMATCH", next: "update_auth_credentials")
        case .wrong:
            throw refusal(
                "unauthorized: gateway token mismatch", code: "AUTH_TOKEN_MISMATCH", more: ["canRetryWithDeviceToken": .bool(known != nil)],
                next: known == nil ? "update_auth_credentials" : "retry_with_device_token")
        }
    }

    /// - Returns: what it may do, and the token of a device.
    private func grant(_ parameters: ConnectParameters, hasShared: Bool) throws(Refusal) -> ([String], String?) {
        guard let device = parameters.device else {
            let isBackend = parameters.clientID == "gateway-client" && parameters.mode == "backend" && origin.isLocalDirect && !hasBrowserOrigin
            return (isBackend && hasShared ? parameters.scopes : [], nil)
        }
        if let known = core.devices.device(device.id) {
            let isMore = !parameters.scopes.allSatisfy { OperatorScopes(names: known.scopes.sorted()).allow($0) }
            if !isMore { return (parameters.scopes, known.token) }
            guard hasShared, origin.isLocalDirect, core.configuration.pairsOnLoopback else { throw pairing("scope-upgrade") }
        } else {
            guard hasShared, origin.isLocalDirect, core.configuration.pairsOnLoopback else { throw pairing("not-paired") }
        }
        let token = core.devices.pair(device.id, publicKey: device.publicKey, scopes: parameters.scopes, token: "device-\(core.ids.next())")
        core.world.log("device \(device.id.prefix(12)) paired (simulated)", subsystem: "pairing", now: core.now)
        return (parameters.scopes, token)
    }

    // MARK: Refusals

    private func refusal(
        _ message: String, code: String? = nil, more: [String: JSONValue] = [:], next: String? = nil, closing: Int = 1008
    ) -> Refusal {
        var details = more
        if let code { details["code"] = .string(code) }
        if let next { details["recommendedNextStep"] = .string(next) }
        return Refusal(problem: .invalid(message, details: details.isEmpty ? nil : .object(details)), code: closing)
    }

    private func pairing(_ reason: String) -> Refusal {
        Refusal(
            problem: MethodProblem(
                code: "NOT_PAIRED", message: "pairing required",
                details: ["code": "PAIRING_REQUIRED", "requestId": .string(core.ids.next()), "reason": .string(reason)]), code: 1008)
    }

    private func lockedOut(_ seconds: Int) -> Refusal {
        Refusal(
            problem: MethodProblem(
                code: "INVALID_REQUEST", message: "unauthorized: too many failed authentication attempts (retry later)",
                details: ["code": "AUTH_RATE_LIMITED", "recommendedNextStep": "wait_then_retry"], retryAfter: seconds * 1_000), code: 1008)
    }
}

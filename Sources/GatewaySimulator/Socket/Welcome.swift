import JSON

/// What a client is told that may come in.
struct Welcome {
    let core: SimulatorCore
    let connectionID: String
    let client: JSONValue
    let role: String
    let scopes: OperatorScopes
    let deviceToken: String?
    let faults: SimulatorFaults

    /// The payload of `hello-ok`.
    func hello(presence: [JSONValue]) -> JSONValue {
        var auth: [String: JSONValue] = ["role": .string(role), "scopes": .array(scopes.names.map { .string($0) })]
        if let deviceToken {
            auth["deviceToken"] = .string(deviceToken)
            auth["issuedAtMs"] = .integer(core.now)
        }
        let tick = Int(faults.tickInterval / .milliseconds(1))
        return [
            "type": "hello-ok", "protocol": .integer(faults.protocolVersion),
            "server": ["version": .string(SimulatorCore.version), "connId": .string(connectionID)],
            "features": [
                "methods": .array(SimulatorMethod.all.keys.sorted().map { .string($0) }),
                "events": .array(SimulatorMethod.events.map { .string($0) }),
            ],
            "snapshot": [
                "presence": .array(presence), "health": core.world.health(now: core.now), "stateVersion": ["presence": 1, "health": 1],
                "uptimeMs": .integer(core.uptime),
                "sessionDefaults": [
                    "defaultAgentId": "main", "mainKey": "main", "mainSessionKey": "agent:main:main", "scope": "per-sender",
                ],
            ],
            "auth": .object(auth),
            "policy": [
                "maxPayload": .integer(SocketSession.largestFrame), "maxBufferedBytes": .integer(50 << 20), "tickIntervalMs": .integer(tick),
            ],
        ]
    }
}

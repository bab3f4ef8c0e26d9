import JSON

/// The gateway's greeting as somebody at a browser may see it: what this site knows to be harmless, cut down to a role.
enum BrowserGreeting {
    static func payload(_ greeting: GatewayGreeting, for role: GatewayRole, messageLimit: Int) -> JSONValue {
        let hello = greeting.payload
        let methods = hello["features"]?["methods"]?.array ?? []
        let events = hello["features"]?["events"]?.array ?? []
        var policy = pick(["tickIntervalMs"], of: hello["policy"]).object
        policy["maxPayload"] = .integer(min(hello["policy"]?["maxPayload"]?.int ?? messageLimit, messageLimit))
        return [
            "type": "hello-ok",
            "protocol": .integer(GatewayFrame.version),
            "server": pick(["version", "connId"], of: hello["server"]),
            "features": [
                "methods": .array(methods.filter { $0.string.flatMap { GatewayRoutes.methods[$0] }.map { role >= $0 } ?? false }),
                "events": .array(events.filter { $0.string.flatMap(GatewayRoutes.role(toSee:)).map { role >= $0 } ?? false }),
            ],
            "snapshot": pick(["presence", "health", "stateVersion", "uptimeMs", "sessionDefaults"], of: hello["snapshot"]),
            "auth": [
                "role": .string(GatewayCredentials.role),
                "scopes": .array(role.scopes.filter(greeting.scopes.contains).map { .string($0) }),
            ],
            "policy": .object(policy),
        ]
    }

    private static func pick(_ names: Set<String>, of value: JSONValue?) -> JSONValue {
        .object((value?.object ?? [:]).filter { names.contains($0.key) })
    }
}

import JSON

/// One of the services that agents are reached by.
struct ExampleChannel: Sendable {
    let id: String
    let label: String
    let isConfigured: Bool
    let isLinked: Bool
    var isRunning: Bool
    var lastError: String?

    var isConnected: Bool { isRunning && isLinked && lastError == nil }

    /// As `channels.status` tells its only account.
    func account(now: Int) -> JSONValue {
        var members: [String: JSONValue] = [
            "accountId": "default", "enabled": .bool(isConfigured), "configured": .bool(isConfigured), "linked": .bool(isLinked),
            "running": .bool(isRunning), "connected": .bool(isConnected),
            "healthState": .string(isConnected ? "healthy" : isConfigured ? (isRunning ? "degraded" : "stopped") : "not-configured"),
        ]
        if let lastError { members["lastError"] = .string(lastError) }
        if isConnected {
            members["lastInboundAt"] = .integer(now - 180_000)
            members["lastOutboundAt"] = .integer(now - 175_000)
        }
        return .object(members)
    }

    var summary: JSONValue {
        var members: [String: JSONValue] = [
            "configured": .bool(isConfigured), "linked": .bool(isLinked), "running": .bool(isRunning), "connected": .bool(isConnected),
        ]
        if let lastError { members["lastError"] = .string(lastError) }
        return .object(members)
    }
}

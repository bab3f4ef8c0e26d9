import HTTPTypes

/// Who may call what. Nothing that does not stand here is called.
///
/// Paths are the gateway's own; `{key}` is one segment. Limits are for one person.
public enum GatewayRoutes {
    /// Calls over HTTP.
    public static let http: [GatewayRoute] = [
        //            method  path                      least role  the answer  body        calls      what it is
        GatewayRoute(.get, "health", .user, .json, body: 0, perMinute: 120, "Whether the gateway lives"),
        GatewayRoute(.get, "ready", .user, .json, body: 0, perMinute: 120, "Whether it can work, and what keeps it from it"),
        GatewayRoute(.get, "v1/models", .user, .json, body: 0, perMinute: 120, "The agents, as models"),
        GatewayRoute(.post, "v1/chat/completions", .user, .jsonOrStream, body: 1 << 20, perMinute: 30, "Talk with an agent"),
        GatewayRoute(.post, "v1/responses", .user, .jsonOrStream, body: 1 << 20, perMinute: 30, "Talk with an agent, the newer way"),
        GatewayRoute(.get, "sessions/{key}/history", .user, .jsonOrStream, body: 0, perMinute: 120, "What was said in a conversation"),
        GatewayRoute(.post, "tools/invoke", .admin, .json, body: 1 << 18, perMinute: 30, "Let the gateway use one of its tools"),
        GatewayRoute(.post, "api/v1/admin/rpc", .user, .json, body: 1 << 18, perMinute: 120, "One of the methods below, as its role allows"),
    ]

    /// Methods of the protocol, over a socket (`/api/gateway/ws`) and, as far as the gateway has them there, over
    /// `POST api/v1/admin/rpc`. What changes the gateway's configuration, its devices, its secrets or what it may run is
    /// nobody's from a browser.
    public static let methods: [String: GatewayRole] = {
        var roles: [String: GatewayRole] = [:]
        for method in reading { roles[method] = .user }
        for method in talking { roles[method] = .user }
        for method in looking { roles[method] = .author }
        for method in running { roles[method] = .admin }
        return roles
    }()

    /// Everybody who is signed in sees how the gateway is.
    private static let reading = [
        "health", "status", "agents.list", "models.list", "commands.list", "channels.status", "cron.list", "cron.status", "system-presence",
        "last-heartbeat", "agent.identity.get",
    ]

    /// Everybody who is signed in talks with agents.
    private static let talking = [
        "chat.send", "chat.abort", "chat.history", "sessions.list", "sessions.subscribe", "sessions.unsubscribe", "sessions.messages.subscribe",
        "sessions.messages.unsubscribe", "sessions.preview",
    ]

    /// Authors see what runs, and what it costs.
    private static let looking = [
        "cron.get", "cron.runs", "tasks.list", "tasks.get", "usage.status", "usage.cost", "sessions.usage", "audit.activity.list", "node.list",
        "models.authStatus",
    ]

    /// Administrators run it.
    private static let running = [
        "agents.create", "agents.update", "agents.delete", "channels.start", "channels.stop", "channels.logout", "cron.add", "cron.update",
        "cron.remove", "cron.run", "tasks.cancel", "sessions.patch", "sessions.reset", "sessions.delete", "sessions.compact", "logs.tail",
        "exec.approval.list", "doctor.memory.status", "update.status",
    ]

    /// Whether a method only reads: what is known of the gateway stays true after it.
    public static func isSafe(_ method: String) -> Bool { safe.contains(method) }

    private static let safe = Set(reading + looking + ["chat.history", "sessions.list", "sessions.preview", "logs.tail", "exec.approval.list"])

    /// The least role that may see an event; `nil` where nobody at a browser may.
    public static func role(toSee event: String) -> GatewayRole? { events[event] }

    private static let events: [String: GatewayRole] = [
        "chat": .user, "agent": .user, "session.message": .user, "session.tool": .user, "sessions.changed": .user, "presence": .user, "tick": .user,
        "health": .user, "heartbeat": .user, "shutdown": .user, "cron": .user, "task": .author, "config.changed": .admin,
        "exec.approval.requested": .admin, "exec.approval.resolved": .admin,
    ]
}

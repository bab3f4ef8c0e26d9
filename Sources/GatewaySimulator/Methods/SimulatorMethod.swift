/// What a method of the protocol asks of its callers.
struct SimulatorMethod: Sendable {
    enum Place: Sendable {
        /// On sockets and over HTTP.
        case both
        case socket
    }

    /// `nil`: none.
    let scope: String?
    let place: Place
    /// The names that its parameters may have; `nil` where any are taken.
    let parameters: Set<String>?

    private init(_ scope: String?, _ place: Place, _ parameters: Set<String>? = nil) {
        self.scope = scope
        self.place = place
        self.parameters = parameters
    }

    private static let read = "operator.read"
    private static let write = "operator.write"
    private static let admin = "operator.admin"

    static let all: [String: SimulatorMethod] = [
        "health": .init(nil, .both, ["probe"]),
        "status": .init(read, .both),
        "agents.list": .init(read, .both, []),
        "agent.identity.get": .init(read, .socket),
        "sessions.list": .init(read, .socket),
        "sessions.preview": .init(read, .socket),
        "sessions.usage": .init(read, .socket),
        "sessions.subscribe": .init(read, .socket),
        "sessions.unsubscribe": .init(read, .socket),
        "sessions.messages.subscribe": .init(read, .socket),
        "sessions.messages.unsubscribe": .init(read, .socket),
        "sessions.reset": .init(admin, .socket),
        "sessions.delete": .init(admin, .socket),
        "chat.history": .init(read, .socket, ["sessionKey", "agentId", "limit", "maxChars", "cursor", "offset", "messageId"]),
        "chat.send": .init(
            write, .socket,
            ["sessionKey", "message", "idempotencyKey", "agentId", "attachments", "thinking", "timeoutMs", "deliver", "queueMode"]),
        "chat.abort": .init(write, .socket, ["sessionKey", "agentId", "runId"]),
        "channels.status": .init(read, .both, ["probe", "timeoutMs", "channel"]),
        "channels.start": .init(admin, .both, ["channel", "accountId"]),
        "channels.stop": .init(admin, .both, ["channel", "accountId"]),
        "cron.list": .init(read, .both),
        "cron.status": .init(read, .both),
        "cron.get": .init(read, .both),
        "cron.runs": .init(read, .both),
        "cron.run": .init(admin, .both),
        "logs.tail": .init(read, .both, ["cursor", "limit", "maxBytes"]),
        "models.list": .init(read, .both),
        "models.authStatus": .init(read, .both),
        "system-presence": .init(read, .socket),
        "node.list": .init(read, .both),
        "exec.approval.list": .init("operator.approvals", .socket),
        "usage.cost": .init(read, .both),
        "usage.status": .init(read, .both),
        "tasks.list": .init(read, .both),
        "tasks.get": .init(read, .both),
        "audit.activity.list": .init(read, .socket),
        "commands.list": .init(read, .both),
        "last-heartbeat": .init(read, .socket),
        "update.status": .init(read, .both),
        "doctor.memory.status": .init(read, .both),
    ]

    /// What a real gateway does over HTTP too and this one does not at all.
    static let notSimulated: Set<String> = [
        "gateway.restart.request", "gateway.suspend.request", "gateway.suspend.status", "gateway.suspend.cancel", "config.get", "config.schema",
        "config.schema.lookup", "config.set", "config.patch", "config.apply", "channels.logout", "web.login.start", "web.login.wait", "agents.create",
        "agents.update", "agents.delete", "exec.approvals.get", "exec.approvals.set", "exec.approvals.node.get", "exec.approvals.node.set",
        "cron.add",
        "cron.update", "cron.remove", "device.pair.list", "device.pair.approve", "device.pair.reject", "device.pair.remove", "tasks.cancel",
    ]

    static let events = [
        "connect.challenge", "agent", "chat", "session.message", "sessions.changed", "presence", "tick", "shutdown", "health", "heartbeat", "cron",
    ]
}

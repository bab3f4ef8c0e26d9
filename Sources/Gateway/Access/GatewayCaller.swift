/// On whose behalf the gateway is called, for one call.
public final class GatewayCaller: Sendable {
    /// What limits count by; the same for all sessions of a person, and told to nobody.
    public let id: String
    public let role: GatewayRole
    /// Names the request here and in the log.
    public let requestID: String
    /// As the browser sent it (W3C Trace Context); goes on only where it is valid.
    public let traceparent: String?
    /// Gives nothing, and ends when the session does; streams and sockets end with it.
    public let sessionEnding: @Sendable () -> AsyncStream<Void>

    public init(
        id: String, role: GatewayRole, requestID: String, traceparent: String? = nil, sessionEnding: @escaping @Sendable () -> AsyncStream<Void>
    ) {
        self.id = id
        self.role = role
        self.requestID = requestID
        self.traceparent = traceparent
        self.sessionEnding = sessionEnding
    }
}

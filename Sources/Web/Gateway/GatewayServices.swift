public import Gateway
public import NIOCore

/// What the routes to the gateway need from outside.
public struct GatewayServices: Sendable {
    public let proxy: GatewayProxy
    public let sockets: GatewaySockets
    /// Has a function called when the client of a connection goes away before it has its answer.
    public let watch: @Sendable (any Channel, @escaping @Sendable () -> Void) -> Void
    /// Has a connection become the socket of a seat once its request is answered with 101.
    public let offer: @Sendable (any Channel, GatewaySockets.Seat) -> Void

    /// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2).
    public let acceptKey: @Sendable (String) -> String

    public init(
        proxy: GatewayProxy, sockets: GatewaySockets, watch: @escaping @Sendable (any Channel, @escaping @Sendable () -> Void) -> Void,
        offer: @escaping @Sendable (any Channel, GatewaySockets.Seat) -> Void, acceptKey: @escaping @Sendable (String) -> String
    ) {
        self.acceptKey = acceptKey
        self.proxy = proxy
        self.sockets = sockets
        self.watch = watch
        self.offer = offer
    }
}

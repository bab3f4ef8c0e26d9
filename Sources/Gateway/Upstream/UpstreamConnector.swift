import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens connections to the gateway.
struct UpstreamConnector: Sendable {
    private let endpoint: GatewayEndpoint
    private let limits: GatewayLimits
    private let address: SocketAddress?
    private let tls: GatewayTLS?

    /// Reads the machine's certificates where the endpoint has TLS, so not on an event loop.
    init(_ endpoint: GatewayEndpoint, limits: GatewayLimits, tls configuration: TLSConfiguration? = nil) {
        self.endpoint = endpoint
        self.limits = limits
        // `nil` for a name, which is looked up for each connection.
        address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)
        tls = GatewayTLS(endpoint, configuration)
    }

    func connect(on loop: any EventLoop, pool: LoopConnections) -> EventLoopFuture<UpstreamConnection>.Isolated {
        let connection = NIOLoopBound(UpstreamConnection(loop: loop, pool: pool), eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(limits.connect)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            // What the kernel has of an answer when the gateway closes comes all at once, read or not.
            .channelOption(.socketOption(.so_rcvbuf), value: 4 * UpstreamExchange.enough)
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 4 << 10, maximum: UpstreamExchange.enough)
            )
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let wire = UpstreamWire(connection.value)
                    connection.value.wire = wire
                    try pipeline.addHandler(wire)
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(connection.value)
                }
            }
        let connected = address.map { bootstrap.connect(to: $0) } ?? bootstrap.connect(host: endpoint.host, port: endpoint.port)
        guard let tls else { return connected.assumeIsolated().map { _ in connection.value } }
        return connected.flatMap { tls.secure($0, within: limits.connect) }.assumeIsolated().map { _ in connection.value }
    }

    static func failure(_ error: any Error) -> UpstreamFailure {
        switch error {
        case let failure as UpstreamFailure: failure
        case ChannelError.connectTimeout: .unreachable("no connection in time")
        case let error as NIOConnectionError:
            if let last = error.connectionErrors.last {
                failure(last.error)
            } else {
                .unreachable("the name \(error.host) is not known")
            }
        case let error as IOError where error.errnoCode == ECONNREFUSED: .unreachable("nothing listens there")
        default: .unreachable(describe(error))
        }
    }

    /// In words for the person who asked, which those of BoringSSL are not.
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IOError: "\(error)"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "TLS failed"
        default: "the connection failed"
        }
    }
}

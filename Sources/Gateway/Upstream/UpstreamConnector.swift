import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS

/// Opens connections to the gateway.
struct UpstreamConnector: Sendable {
    private let endpoint: GatewayEndpoint
    private let limits: GatewayLimits
    private let address: SocketAddress?
    private let tls: Result<NIOSSLContext, UpstreamFailure>?

    /// Reads the machine's certificates where the endpoint has TLS, so not on an event loop.
    ///
    /// - Parameter configuration: of TLS; by default the machine's certificates and TLS 1.2 or later.
    init(_ endpoint: GatewayEndpoint, limits: GatewayLimits, tls configuration: TLSConfiguration? = nil) {
        self.endpoint = endpoint
        self.limits = limits
        // `nil` for a name, which is looked up for each connection.
        address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)
        guard endpoint.isTLS else {
            tls = nil
            return
        }
        var configuration = configuration ?? .makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            tls = .success(try NIOSSLContext(configuration: configuration))
        } catch {
            tls = .failure(.unreachable("TLS cannot be set up: \(error)"))
        }
    }

    func connect(on loop: any EventLoop, pool: LoopConnections) -> EventLoopFuture<UpstreamConnection>.Isolated {
        let connection = NIOLoopBound(UpstreamConnection(loop: loop, pool: pool), eventLoop: loop)
        let secured = loop.makePromise(of: Void.self)
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
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: try tls.get(), serverHostname: address == nil ? endpoint.host : nil))
                        try pipeline.addHandler(HandshakeWitness(secured))
                    }
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(connection.value)
                }
            }
        let connected = address.map { bootstrap.connect(to: $0) } ?? bootstrap.connect(host: endpoint.host, port: endpoint.port)
        guard tls != nil else {
            secured.succeed()
            return connected.assumeIsolated().map { _ in connection.value }
        }
        let deadline = loop.scheduleTask(in: limits.connect) { secured.fail(ChannelError.connectTimeout(limits.connect)) }
        connected.whenFailure { secured.fail($0) }
        return connected.flatMap { channel in
            channel.read()
            secured.futureResult.whenFailure { _ in channel.close(promise: nil) }
            return secured.futureResult
        }.assumeIsolated().map {
            deadline.cancel()
            return connection.value
        }
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
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? "its certificate is not trusted" : "TLS failed"
        default: "the connection failed"
        }
    }
}

/// Waits for the end of a handshake.
private final class HandshakeWitness: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let secured: EventLoopPromise<Void>

    init(_ secured: EventLoopPromise<Void>) { self.secured = secured }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            secured.succeed()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        secured.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        secured.fail(UpstreamFailure.unreachable("the connection ended during the handshake"))
        context.fireChannelInactive()
    }
}

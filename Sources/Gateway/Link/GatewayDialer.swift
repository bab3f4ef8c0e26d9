import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens WebSockets to the gateway, with nothing of whoever they are for.
struct GatewayDialer: Sendable {
    private enum Outcome: Sendable {
        case upgraded(any Channel)
        case refused(EventLoopFuture<ShortAnswer?>)
    }

    private let endpoint: GatewayEndpoint
    private let limits: GatewayLimits
    private let tls: GatewayTLS?

    /// Reads the machine's certificates where the endpoint is TLS, so not to be called on an event loop.
    init(_ configuration: GatewayConfiguration, tls: TLSConfiguration? = nil) {
        endpoint = configuration.endpoint
        limits = configuration.limits
        self.tls = GatewayTLS(configuration.endpoint, tls)
    }

    /// Fails with ``GatewayProblem``.
    ///
    /// - Parameters:
    ///   - socket: becomes the channel's last handler.
    ///   - limit: after it a connection is closed whose upgrade nobody has answered.
    func dial(_ socket: MessageSocket, on loop: any EventLoop, within limit: TimeAmount) -> EventLoopFuture<any Channel> {
        let socket = NIOLoopBound(socket, eventLoop: loop)
        let end = loop.now + limit
        return connect(on: loop)
            .flatMap { channel in
                Self.closing(channel, at: end) { try upgrade(channel, socket) }
            }
            .flatMapError { error in
                // Broken off without a word, as the stack's small program does; only its health tells them apart.
                guard case ChannelError.inappropriateOperationForState = error, loop.now < end else {
                    return loop.makeFailedFuture(Self.problem(error))
                }
                return health(on: loop, until: end).flatMapThrowing { throw UpgradeRefusal.problem(health: $0) }
            }
    }

    private func connect(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(limits.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: endpoint.host, port: endpoint.port)
        guard let tls else { return connected }
        return connected.flatMap { tls.secure($0, within: limits.connect) }
    }

    /// `nil` without an answer.
    private func health(on loop: any EventLoop, until end: NIODeadline) -> EventLoopFuture<ShortAnswer?> {
        connect(on: loop)
            .flatMap { channel in
                Self.closing(channel, at: end) {
                    let answer = loop.makePromise(of: ShortAnswer?.self)
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(ShortAnswerReader(answer))
                    let head = HTTPRequestHead(
                        version: .http1_1, method: .GET, uri: "/health", headers: ["Host": endpoint.authority, "Connection": "close"])
                    channel.write(HTTPClientRequestPart.head(head), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                    return answer.futureResult.map { answer in
                        channel.close(promise: nil)
                        return answer
                    }
                }
            }
            .recover { _ in nil }
    }

    /// Closes the channel where `work` fails, or has not come to an end at `end`.
    private static func closing<Value: Sendable>(
        _ channel: any Channel, at end: NIODeadline, _ work: () throws -> EventLoopFuture<Value>
    ) -> EventLoopFuture<Value> {
        do {
            let value = try work()
            let deadline = channel.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
            value.whenComplete { _ in deadline.cancel() }
            return value.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        } catch {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private func upgrade(_ channel: any Channel, _ socket: NIOLoopBound<MessageSocket>) throws -> EventLoopFuture<any Channel> {
        let pipeline = channel.pipeline.syncOperations
        let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(
            maxFrameSize: min(limits.gatewayMessage, Int(UInt32.max)), enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(socket.value)
                return .upgraded(channel)
            }
        }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": endpoint.authority])
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration<Outcome>(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let answer = channel.eventLoop.makePromise(of: ShortAnswer?.self)
                    try channel.pipeline.syncOperations.addHandler(ShortAnswerReader(answer))
                    return .refused(answer.futureResult)
                }
            })
        // The challenge may come in one piece with the head.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration).flatMap { outcome in
            switch outcome {
            case .upgraded(let channel): channel.eventLoop.makeSucceededFuture(channel)
            case .refused(let answer):
                answer.flatMapThrowing { answer in throw answer.map(UpgradeRefusal.problem) ?? GatewayProblem(.unreachable) }
            }
        }
    }

    private static func problem(_ error: any Error) -> GatewayProblem {
        switch error {
        case let problem as GatewayProblem: problem
        case is NIOHTTPClientUpgradeError, is HTTPParserError:
            GatewayProblem(.notOpenClaw, "What answers does not speak WebSocket.")
        case ChannelError.connectTimeout: GatewayProblem(.unreachable, "It does not answer.")
        case let failure as UpstreamFailure: GatewayProblem(failure.problem.kind, failure.problem.detail)
        default: GatewayProblem(.unreachable)
        }
    }
}

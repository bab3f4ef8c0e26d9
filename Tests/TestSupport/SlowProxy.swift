import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes on to a server of this machine, and what that answers some time later.
public final class SlowProxy: Sendable {
    private let delays: Delays
    private let listener: any Channel

    /// Where clients connect.
    public let port: Int

    /// How much later answers come; for those that begin to come from now on.
    public var delay: Duration {
        get { delays.value.withLock { $0 } }
        set { delays.value.withLock { $0 = newValue } }
    }

    public init(to server: Int, delay: Duration = .zero) async throws {
        let delays = Delays(delay)
        self.delays = delays
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                // Both on one loop, so that neither waits for a lock of the other's.
                ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false).connect(host: "127.0.0.1", port: server)
                    .flatMapThrowing { server in
                        try client.pipeline.syncOperations.addHandler(Relay(to: server, delay: { .zero }))
                        try server.pipeline.syncOperations.addHandler(Relay(to: client, delay: { delays.value.withLock { $0 } }))
                        // Only now is there somebody to take what comes.
                        for channel in [client, server] { try channel.syncOptions?.setOption(.autoRead, value: true) }
                        server.read()
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    private final class Delays: Sendable {
        let value: Mutex<Duration>

        init(_ value: Duration) { self.value = Mutex(value) }
    }

    /// One direction of one connection.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let delay: () -> Duration
        private var lastDue = NIODeadline.uptimeNanoseconds(0)

        init(to other: any Channel, delay: @escaping () -> Duration) {
            self.other = other
            self.delay = delay
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let (buffer, other) = (unwrapInboundIn(data), other)
            schedule(on: context.eventLoop) { other.writeAndFlush(buffer, promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            let other = other
            schedule(on: context.eventLoop) { other.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        /// In the order in which it came.
        private func schedule(on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
            lastDue = max(lastDue, NIODeadline.now() + TimeAmount(delay()))
            loop.scheduleTask(deadline: lastDue, body)
        }
    }
}

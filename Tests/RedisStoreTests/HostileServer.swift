import NIOCore
import NIOPosix

/// Greets like a Redis server, and then sends what it likes.
final class HostileServer {
    private let channel: any Channel

    /// - Parameters:
    ///   - greeting: the answer to the first bytes of each connection.
    ///   - answer: sent for any bytes after those.
    ///   - isEndless: whether the answer's second half is sent again and again.
    init(greeting: String = "+OK\r\n+PONG\r\n", answer: ByteBuffer, isEndless: Bool = false) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(greeting: ByteBuffer(string: greeting), answer: answer, isEndless: isEndless))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var url: String { "redis://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    func stop() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var greeting: ByteBuffer?
        private let answer: ByteBuffer
        private let isEndless: Bool

        init(greeting: ByteBuffer, answer: ByteBuffer, isEndless: Bool) {
            self.greeting = greeting
            self.answer = answer
            self.isEndless = isEndless
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let greeting {
                self.greeting = nil
                context.writeAndFlush(wrapOutboundOut(greeting), promise: nil)
            } else {
                pump(context, answer)
            }
        }

        private func pump(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
            let written = context.writeAndFlush(wrapOutboundOut(bytes))
            guard isEndless else { return }
            var half = bytes
            if bytes == answer { half.moveReaderIndex(forwardBy: bytes.readableBytes / 2) }
            let next = half
            written.assumeIsolated().whenSuccess { self.pump(context, next) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

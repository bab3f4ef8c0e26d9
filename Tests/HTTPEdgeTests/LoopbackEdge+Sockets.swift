import NIOCore
import NIOPosix
import NIOWebSocket

extension LoopbackEdge {
    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
    }

    /// Sends bytes, and gives what came back when it ends in `end`, or holds it so many times, or the server has closed.
    func exchange(
        _ bytes: [UInt8], thenAfter pause: Duration? = nil, _ later: [UInt8] = [], until end: [UInt8], times: Int = 1
    ) async throws -> [UInt8] {
        try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if let pause {
                // That time passes is what is tested.
                try await Task.sleep(for: pause)
                try await outbound.write(ByteBuffer(bytes: later))
            }
            var received: [UInt8] = []
            for try await part in inbound {
                received += part.readableBytesView
                if received.split(separator: end, omittingEmptySubsequences: false).count > times { break }
            }
            return received
        }
    }

    /// Sends a request and closes the connection, or its own half of it.
    func leave(after request: String, closesHalf: Bool) async throws {
        try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            try await wait { $0 == 1 }
            guard closesHalf else { return }
            outbound.finish()
            for try await _ in inbound {}
        }
    }
}

/// Sends back what it gets.
final class SocketEcho: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: frame.opcode, data: frame.unmaskedData)), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

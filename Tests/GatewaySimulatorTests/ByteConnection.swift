import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection as bytes, which keeps what comes until it is taken.
final class ByteConnection: Sendable {
    struct Problem: Error {
        let waiting: String
    }

    private final class Inbox: Sendable {
        let bytes = Mutex<[UInt8]>([])
        let isOver = Mutex(false)
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let inbox: Inbox

        init(_ inbox: Inbox) { self.inbox = inbox }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            inbox.bytes.withLock { $0 += part.readableBytesView }
        }

        func channelInactive(context: ChannelHandlerContext) { inbox.isOver.withLock { $0 = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let inbox: Inbox

    init(port: Int) async throws {
        let inbox = Inbox()
        self.inbox = inbox
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(inbox)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    deinit { channel.close(promise: nil) }

    var isOver: Bool { inbox.isOver.withLock { $0 } }

    var text: String { String(decoding: inbox.bytes.withLock { $0 }, as: UTF8.self) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func close() async throws { try await channel.close() }

    /// Everything up to and with `end`.
    @discardableResult
    func take(through end: String) async throws -> String {
        try await take { bytes in bytes.firstRange(of: Array(end.utf8))?.upperBound }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// - Parameter length: how many bytes from the beginning are wanted; `nil` while more have to come.
    /// - Returns: `nil` where the connection has ended before.
    func take(_ length: @Sendable ([UInt8]) -> Int?) async throws -> [UInt8]? {
        var taken: [UInt8]?
        let found = try await eventually {
            let wasOver = isOver
            taken = inbox.bytes.withLock { bytes in
                guard let count = length(bytes) else { return nil }
                defer { bytes.removeFirst(count) }
                return Array(bytes.prefix(count))
            }
            return taken != nil || wasOver
        }
        guard found != nil else { throw Problem(waiting: text) }
        return taken
    }
}

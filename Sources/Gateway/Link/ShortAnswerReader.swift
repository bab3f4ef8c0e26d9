import NIOCore
import NIOHTTP1

/// Reads the beginning of an answer, as the last handler of a channel of a client.
final class ShortAnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// Bytes of a body that are read.
    private static let limit = 16_384
    private let promise: EventLoopPromise<ShortAnswer?>
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isDone = false

    /// - Parameter promise: succeeds in any case; with `nil` where no answer came.
    init(_ promise: EventLoopPromise<ShortAnswer?>) { self.promise = promise }

    func handlerAdded(context: ChannelHandlerContext) {
        // Some programs never end their answer.
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { self.finish() }
        if !context.channel.isActive { finish() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    func channelInactive(context: ChannelHandlerContext) { finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { finish() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(var bytes):
            body.writeBuffer(&bytes)
            if body.readableBytes > Self.limit { finish() }
        case .end: finish()
        }
    }

    private func finish() {
        guard !isDone else { return }
        isDone = true
        deadline?.cancel()
        promise.succeed(head.map { ShortAnswer(status: $0.status, headers: $0.headers, body: body) })
    }
}

import NIOCore

/// Sends requests without content, and reads short answers to them, as bytes: the first of a connection's handlers, before
/// encoder and parser, whose work is most of what such a call costs.
///
/// An answer that is not a ``PlainAnswer`` goes to the parser, which is told of the request first. Only on the connection's
/// event loop.
final class UpstreamWire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    private unowned let connection: UpstreamConnection
    private var context: ChannelHandlerContext?
    /// A request has gone out from here, and nothing of its answer has come.
    private var isWaiting = false
    /// What the parser is told of has gone out already.
    private var isTelling = false
    /// What came last.
    private var last: PlainAnswer.Known?
    /// Used again for the next request.
    private var room = ByteBuffer()
    private var beginning: UpstreamRequest.Beginning?

    init(_ connection: UpstreamConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// - Parameter request: ``UpstreamRequest/isPlain``.
    func send(_ request: UpstreamRequest) {
        isWaiting = true
        // Where the last one is still on its way out, this makes another.
        room.clear(minimumCapacity: Self.usualRequest)
        request.write(to: &room, after: &beginning)
        context?.writeAndFlush(NIOAny(IOData.byteBuffer(room)), promise: nil)
    }

    private static let usualRequest = 512

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isWaiting else { return context.fireChannelRead(data) }
        isWaiting = false
        if let answer = PlainAnswer(unwrapInboundIn(data), after: &last) { return connection.take(answer) }
        isTelling = true
        connection.tellParser()
        isTelling = false
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isTelling else {
            promise?.succeed()
            return
        }
        context.write(data, promise: promise)
    }
}

import NIOCore

/// A socket as the edge sees it: keeps what is sent, and its sending half can be closed before the rest.
final class Wire: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var sent: [UInt8] = []
    private(set) var isOutputClosed = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        expect(!isOutputClosed, "nothing is sent behind the end")
        sent += unwrapOutboundIn(data).readableBytesView
        promise?.succeed()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        isOutputClosed = true
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        promise?.succeed()
        context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    }
}

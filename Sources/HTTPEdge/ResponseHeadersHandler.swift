import NIOCore
import NIOHTTP1

/// Puts on every answer what every answer has, the edge's own included: a Date
/// and the headers that keep a page to itself.
final class ResponseHeadersHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let date: HTTPDate

    init(date: HTTPDate) { self.date = date }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.code >= 200 else { return context.write(data, promise: promise) }
        head.headers.replaceOrAdd(name: "date", value: date.now())
        for (name, value) in SecurityHeaders.fields { head.headers.replaceOrAdd(name: name, value: value) }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

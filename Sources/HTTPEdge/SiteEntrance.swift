import NIOCore
import NIOHTTP1

/// Where requests leave the edge for the site. Keeps slow clients away from it: a short
/// request goes in when it is whole, a longer one from where it is known to be longer.
///
/// What the site needs of a connection, a task among it, is made when the first request
/// goes in: most connections of a burst, and all that wait, never cost it.
final class SiteEntrance: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Bytes of a body that wait for the rest of it: as long as most forms and calls are.
    static let heldBody = 16 << 10

    private let enter: (any Channel) throws -> Void
    private var isOpen = false
    private var held: HTTPRequestHead?
    private var body = ByteBuffer()

    /// - Parameter enter: puts the site behind this handler.
    init(enter: @escaping (any Channel) throws -> Void) { self.enter = enter }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            held = head
            if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > Self.heldBody { letIn(context) }
        case .body(var bytes):
            guard held != nil else { return context.fireChannelRead(data) }
            // A byte at a time may come with kilobytes of memory around each.
            body.writeBuffer(&bytes)
            if body.readableBytes > Self.heldBody { letIn(context) }
        case .end:
            letIn(context)
            context.fireChannelRead(data)
        }
    }

    private func letIn(_ context: ChannelHandlerContext) {
        guard let head = held, open(context) else { return }
        held = nil
        context.fireChannelRead(wrapInboundOut(.head(head)))
        guard body.readableBytes > 0 else { return }
        context.fireChannelRead(wrapInboundOut(.body(body)))
        body = ByteBuffer()
    }

    private func open(_ context: ChannelHandlerContext) -> Bool {
        if isOpen { return true }
        do {
            try enter(context.channel)
            isOpen = true
        } catch {
            // Only a pipeline that is gone already refuses handlers.
            context.close(promise: nil)
        }
        return isOpen
    }

    /// A request broke. The edge has answered it; the site hears of it if it has seen it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard held == nil else {
            held = nil
            return body = ByteBuffer()
        }
        context.fireErrorCaught(error)
    }
}

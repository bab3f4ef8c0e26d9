import NIOCore
import NIOHTTP1

/// Where requests leave the edge for the site. What the site needs of a connection,
/// a task among it, is made when the first request gets here: most connections of a
/// burst, and all that wait, never cost it.
final class SiteEntrance: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let enter: (any Channel) throws -> Void
    private var isOpen = false

    /// - Parameter enter: puts the site behind this handler.
    init(enter: @escaping (any Channel) throws -> Void) { self.enter = enter }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isOpen {
            isOpen = true
            do {
                try enter(context.channel)
            } catch {
                // Only a pipeline that is gone already refuses handlers.
                return context.close(promise: nil)
            }
        }
        context.fireChannelRead(data)
    }
}

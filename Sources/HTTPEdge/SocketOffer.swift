public import NIOCore
import NIOWebSocket

/// What the site sends down a connection, as a user event, before it answers the opening of a WebSocket with 101.
public struct SocketOffer: Sendable {
    private let maxFrame: Int
    private let enter: @Sendable (any Channel, ChannelPipeline.SynchronousOperations.Position) throws -> Void

    /// - Parameters:
    ///   - maxFrame: bytes that a frame may have.
    ///   - enter: adds what speaks `WebSocketFrame` at the position; it reads everything and passes nothing on. Called on
    ///     the channel's event loop.
    public init(
        maxFrame: Int,
        enter: @escaping @Sendable (any Channel, ChannelPipeline.SynchronousOperations.Position) throws -> Void
    ) {
        self.maxFrame = maxFrame
        self.enter = enter
    }

    func join(_ channel: any Channel, _ pipeline: ChannelPipeline.SynchronousOperations, behind edge: EdgeHandler) throws {
        let encoder = WebSocketFrameEncoder()
        try pipeline.addHandler(SiteExit(), position: .after(edge))
        try pipeline.addHandler(encoder, position: .after(edge))
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: maxFrame)), position: .after(edge))
        try enter(channel, .after(encoder))
    }
}

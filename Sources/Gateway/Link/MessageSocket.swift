import NIOCore
import NIOWebSocket

/// One end of a WebSocket, behind NIO's frame decoder and encoder: whole text messages instead of frames. Only on its
/// event loop.
///
/// Answers pings and closes, and closes itself where the other side breaks the rules.
final class MessageSocket: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Who is at the other end. A browser masks what it sends; towards the gateway this side does.
    enum Peer {
        case browser
        case gateway
    }

    private enum Phase {
        case fresh
        case open(ChannelHandlerContext)
        /// A close frame is out; the connection goes when the answer is here or the time is over.
        case closing(ChannelHandlerContext)
        case ended
    }

    /// How long the other side may take to answer a close.
    private static let farewell = TimeAmount.milliseconds(400)

    private let peer: Peer
    private var assembler: MessageAssembler
    private var owner: (any MessageSocketOwner)?
    private var phase = Phase.fresh
    private var end = SocketEnd()
    private var isPaused = false
    private var hasHeldRead = false
    private var willFlush = false
    private var farewell: Scheduled<Void>?
    /// When the other side last gave a sign of life.
    private(set) var lastHeard = NIODeadline.now()
    /// Pings that nothing has come in since.
    private(set) var unansweredPings = 0

    init(_ peer: Peer, limit: Int, owner: any MessageSocketOwner) {
        self.peer = peer
        self.owner = owner
        assembler = MessageAssembler(limit: limit)
    }

    var isWritable: Bool {
        guard case .open(let context) = phase else { return false }
        return context.channel.isWritable
    }

    /// Sends a message. One that comes after ``close(_:_:)`` or the end is lost.
    func send(_ text: ByteBuffer) { write(.text, text) }

    func ping() {
        unansweredPings += 1
        write(.ping, ByteBuffer())
    }

    /// Says goodbye, and closes the connection when the other side has too, or soon.
    ///
    /// - Parameter reason: cut to the 123 bytes that there is room for.
    func close(_ code: UInt16, _ reason: String = "") {
        guard case .open(let context) = phase else { return }
        var text = ByteBuffer(integer: code)
        text.writeString(Self.fitting(reason))
        write(.connectionClose, text)
        context.flush()
        phase = .closing(context)
        resume()
        farewell = context.eventLoop.assumeIsolated().scheduleTask(in: Self.farewell) { self.drop() }
    }

    /// Closes the connection without a word.
    func drop() {
        switch phase {
        case .open(let context), .closing(let context): context.close(promise: nil)
        case .fresh, .ended: break
        }
    }

    /// Takes nothing more from the connection, so that the other side has to wait.
    func pause() { if case .open = phase { isPaused = true } }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        lastHeard = .now()
        unansweredPings = 0
        guard hasHeldRead else { return }
        hasHeldRead = false
        switch phase {
        case .open(let context), .closing(let context): context.read()
        case .fresh, .ended: break
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
        guard case .open(let context) = phase else { return }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: peer == .gateway ? WebSocketMaskingKey.random() : nil, data: data)
        context.write(wrapOutboundOut(frame), promise: nil)
        guard !willFlush else { return }
        willFlush = true
        // Once for all that is written in this turn of the loop.
        context.eventLoop.assumeIsolated().execute {
            self.willFlush = false
            if case .open(let context) = self.phase { context.flush() }
        }
    }

    private static func fitting(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }

    private func finish() {
        if case .ended = phase { return }
        phase = .ended
        farewell?.cancel()
        let owner = owner
        self.owner = nil
        owner?.socketEnded(self, end)
    }

    private func fail(_ code: UInt16, _ reason: String) {
        end = SocketEnd(code: code, reason: reason, isOurs: true)
        owner?.socketFails(self, end)
        close(code, reason)
    }
}

extension MessageSocket {
    func handlerAdded(context: ChannelHandlerContext) {
        guard case .fresh = phase else { return }
        phase = .open(context)
        lastHeard = .now()
        if !context.channel.isActive { finish() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { hasHeldRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        owner?.socketWritabilityChanged(self)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(1009, "message too large")
        case is NIOWebSocketError: fail(1002, "broken frame")
        default: context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        lastHeard = .now()
        unansweredPings = 0
        switch phase {
        case .open: break
        case .closing:
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        case .fresh, .ended: return
        }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return fail(1002, "reserved bits") }
        guard (frame.maskKey != nil) == (peer == .browser) else { return fail(1002, peer == .browser ? "unmasked frame" : "masked frame") }
        switch frame.opcode {
        case .ping:
            // Whoever asks without reading the answers gets none.
            if context.channel.isWritable { write(.pong, frame.unmaskedData) }
        case .pong: break
        case .connectionClose: receiveClose(frame, context)
        default:
            do {
                guard let message = try assembler.take(frame) else { return }
                owner?.socketReceived(self, message)
            } catch {
                fail(error.code, error.reason)
            }
        }
    }

    private func receiveClose(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        var data = frame.unmaskedData
        guard data.readableBytes != 1 else { return fail(1002, "broken close") }
        let code: UInt16? = data.readInteger()
        end = SocketEnd(code: code ?? 1005, reason: String(buffer: data))
        var answer = ByteBuffer()
        if let code { answer.writeInteger(code) }
        write(.connectionClose, answer)
        context.flush()
        phase = .closing(context)
        owner?.socketFails(self, end)
        context.close(promise: nil)
    }
}

/// Who uses a socket, on its event loop.
protocol MessageSocketOwner: AnyObject {
    func socketReceived(_ socket: MessageSocket, _ text: ByteBuffer)
    func socketWritabilityChanged(_ socket: MessageSocket)
    /// The other side is about to go, or has to; before the connection is gone.
    func socketFails(_ socket: MessageSocket, _ end: SocketEnd)
    /// Once; the connection is gone.
    func socketEnded(_ socket: MessageSocket, _ end: SocketEnd)
}

import NIOCore

/// Ends connections that take longer than they may. Sits at the bytes, where a
/// request that is sent a byte at a time is seen.
///
/// Each phase of a request has one deadline from its beginning, which no further
/// byte moves: dripping wins no time. A reader must take something of an answer
/// again and again.
final class DeadlineHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// A phase took too long; the request gets its 408.
    struct Exceeded {}

    private enum Phase: Equatable { case idle, head, body, answering, lingering }

    private let limits: EdgeLimits
    private let state: ConnectionPhase
    private var phase: Phase?
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?

    init(limits: EdgeLimits, state: ConnectionPhase) {
        self.limits = limits
        self.state = state
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
        state.onChange = { [weak self] in self?.look(loop.value) }
        if context.channel.isActive { look(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        look(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        state.onChange = nil
        deadline?.cancel()
        stall?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closed = state.reading { return }
        let bytes = unwrapInboundIn(data)
        switch state.reading {
        case .idle:
            // Blank lines before a request are none of it (RFC 9112, section 2.2).
            if let first = bytes.readableBytesView.firstIndex(where: { $0 != 0x0D && $0 != 0x0A }) {
                state.reading = .head(sawLineEnd: bytes.readableBytesView[first...].contains(0x0A))
            }
        case .head(sawLineEnd: false):
            if bytes.readableBytesView.contains(0x0A) { state.reading = .head(sawLineEnd: true) }
        case .head, .body, .closed: break
        }
        context.fireChannelRead(data)
    }

    /// Starts the clock of the phase that the connection is in now, if it is a new one.
    private func look(_ context: ChannelHandlerContext) {
        let now: Phase =
            switch state.reading {
            case .closed: state.unanswered > 0 ? .answering : .lingering
            case .head: .head
            case .body: .body
            case .idle: state.unanswered > 0 ? .answering : .idle
            }
        guard now != phase else { return }
        phase = now
        deadline?.cancel()
        deadline = nil
        switch now {
        case .idle: schedule(limits.idleDeadline, context) { $0.close(promise: nil) }
        case .head: schedule(limits.headDeadline, context) { $0.fireUserInboundEventTriggered(Exceeded()) }
        case .body: schedule(limits.bodyDeadline, context) { $0.fireUserInboundEventTriggered(Exceeded()) }
        // A route may think as long as it likes; it has deadlines of its own.
        case .answering: break
        case .lingering: schedule(limits.lingerDeadline, context) { $0.close(promise: nil) }
        }
    }

    private func schedule(_ time: TimeAmount, _ context: ChannelHandlerContext, _ act: @escaping (ChannelHandlerContext) -> Void) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { act(context) }
    }

    // MARK: Slow readers

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable { watchReader(context) }
        context.fireChannelWritabilityChanged()
    }

    /// Looks from time to time how much of the answer has gone; a slow network is no crime, a reader that stopped is.
    private func watchReader(_ context: ChannelHandlerContext) {
        let waiting = Self.waitingBytes(context)
        stall = context.eventLoop.assumeIsolated().scheduleTask(in: limits.writeDeadline) { [limits] in
            guard waiting - Self.waitingBytes(context) >= limits.writeProgress else { return context.close(promise: nil) }
            self.watchReader(context)
        }
    }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        // A channel that cannot tell has nothing waiting.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

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
    typealias OutboundOut = ByteBuffer

    /// A phase took too long; the request gets its 408.
    struct Exceeded {}

    private enum Phase: Equatable { case idle, head, body, answering, lingering }

    private let limits: EdgeLimits
    private let state: ConnectionPhase
    private var phase = Phase.idle
    /// When the phase began.
    private var since = NIODeadline.distantPast
    /// One timer a connection: it is moved only to ring sooner, and looks at the clock when it rings. A request
    /// that comes and is answered within one packet costs none.
    private var timer: (task: Scheduled<Void>, due: NIODeadline)?
    private var stall: Scheduled<Void>?
    private var waitingAtRing = 0
    private var isReading = false
    /// The client sends nothing more.
    private var hasInputEnded = false
    private var tail = LastBytes()

    init(limits: EdgeLimits, state: ConnectionPhase) {
        self.limits = limits
        self.state = state
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Until ``stop()``, which comes before this handler goes.
        state.onChange = { [unowned self] in look(context) }
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        state.onChange = nil
        timer?.task.cancel()
        timer = nil
        stall?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closed = state.reading { return }
        if case .tunnel = state.reading { return context.fireChannelRead(data) }
        let bytes = unwrapInboundIn(data)
        isReading = true
        let span = bytes.readableBytesUInt8Span
        tail.append(span)
        switch state.reading {
        case .idle:
            // Blank lines before a request are none of it (RFC 9112, section 2.2).
            var first = 0
            while first < span.count, span[first] == 0x0D || span[first] == 0x0A { first += 1 }
            if first < span.count { state.reading = .head(sawLineEnd: Self.hasLineEnd(span, from: first)) }
        case .head(sawLineEnd: false):
            if Self.hasLineEnd(span, from: 0) { state.reading = .head(sawLineEnd: true) }
        case .head, .body, .closed, .tunnel: break
        }
        context.fireChannelRead(data)
        // The last request ends in a blank line; what comes behind it is the beginning of the next. How much of its
        // first line has come matters little: it tells only two words for "too long" apart.
        if state.reading == .idle, state.endedWithHead, !tail.isBlankLine { state.reading = .head(sawLineEnd: false) }
        isReading = false
        if phase == .idle { since = context.eventLoop.now }
        look(context)
    }

    private static func hasLineEnd(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x0A { return true }
            index += 1
        }
        return false
    }

    private func begin(_ context: ChannelHandlerContext) {
        since = context.eventLoop.now
        setTimer(context)
    }

    /// Starts the clock of the phase that the connection is in now, if it is a new one.
    private func look(_ context: ChannelHandlerContext) {
        guard !isReading else { return }
        let now: Phase =
            switch state.reading {
            case .closed: state.unanswered > 0 ? .answering : .lingering
            case .head: .head
            case .body: .body
            case .tunnel: .answering
            case .idle: state.unanswered > 0 ? .answering : .idle
            }
        guard now != phase else { return }
        phase = now
        since = context.eventLoop.now
        setTimer(context)
    }

    private var limit: TimeAmount? {
        switch phase {
        case .idle: limits.idleDeadline
        case .head: limits.headDeadline
        case .body: limits.bodyDeadline
        // A route may think as long as it likes; it has deadlines of its own.
        case .answering: nil
        case .lingering: limits.lingerDeadline
        }
    }

    private func setTimer(_ context: ChannelHandlerContext) {
        guard let limit, timer.map({ since + limit < $0.due }) ?? true else { return }
        timer?.task.cancel()
        let due = since + limit
        timer = (context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.ring(context) }, due)
    }

    private func ring(_ context: ChannelHandlerContext) {
        timer = nil
        guard let limit else { return }
        guard since + limit <= context.eventLoop.now else { return setTimer(context) }
        switch phase {
        case .idle, .lingering:
            // Nobody is idle who is still taking an answer.
            let waiting = Self.waitingBytes(context)
            guard waiting == 0 || waiting == waitingAtRing else {
                waitingAtRing = waiting
                since = context.eventLoop.now
                return setTimer(context)
            }
            context.close(promise: nil)
        case .head, .body: context.fireUserInboundEventTriggered(Exceeded())
        case .answering: break
        }
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { hasInputEnded = true }
        context.fireUserInboundEventTriggered(event)
    }

    /// With both directions closed nothing is sent any more, what waits to be sent included: the last bytes go first.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, hasInputEnded else { return context.close(mode: mode, promise: promise) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .all, promise: promise) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
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

/// The end of what came in, as far back as a blank line reaches.
private struct LastBytes {
    /// Four bytes, the newest lowest.
    private var last: UInt32 = 0

    mutating func append(_ bytes: Span<UInt8>) {
        var index = max(0, bytes.count - 4)
        while index < bytes.count {
            last = last << 8 | UInt32(bytes[index])
            index += 1
        }
    }

    /// An empty line, with or without carriage returns (RFC 9112, section 2.2).
    var isBlankLine: Bool { last == 0x0D0A_0D0A || last & 0xFFFF == 0x0A0A || last & 0xFF_FFFF == 0x0A_0D0A }
}

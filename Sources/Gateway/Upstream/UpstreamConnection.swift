import NIOCore
import NIOHTTP1

/// A connection to the gateway, at the end of its channel's pipeline. Only on its event loop.
///
/// Waits in the pool or serves one exchange. It is read from only while there is room for what comes; while it waits, once,
/// to learn that the gateway closes.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let loop: any EventLoop
    /// Holds this while it waits, and lives as long as the last of its connections. A weak reference would cost each call more.
    private var pool: LoopConnections?
    private var context: ChannelHandlerContext?
    /// Before the encoder and the parser.
    var wire: UpstreamWire?
    private var exchange: UpstreamExchange?
    private var hasServed = false
    /// Asked for what comes next, and nothing has come.
    private var isReading = false

    // What the present exchange has come to.
    private var isRequestSent = false
    private var isHeadRefused = false
    private var answerHead: AnswerHead?
    private var hasAnswered = false
    private var bytes: ByteBuffer?
    private var isAnswerComplete = false
    private var isKeptAlive = false
    private var hasSurplus = false

    // One timer serves all deadlines: it looks again where the deadline has moved.
    private var deadline = NIODeadline.distantFuture
    private var deadlineName = ""
    private var heartbeat: TimeAmount?
    private var quietEnd = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerEnd = NIODeadline.distantFuture

    init(loop: any EventLoop, pool: LoopConnections) {
        self.loop = loop
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pool = nil
    }

    // MARK: Serving

    func isUsable(at now: NIODeadline) -> Bool { exchange == nil && (context?.channel.isActive ?? false) && now < deadline }

    /// Sends the request, or as much as there is of it.
    func begin(_ exchange: UpstreamExchange, at now: NIODeadline) {
        guard let context else {
            exchange.fail(.lost("the connection was closed"), mayRepeat: true)
            return
        }
        self.exchange = exchange
        isRequestSent = false
        isHeadRefused = false
        answerHead = nil
        hasAnswered = false
        bytes = nil
        isAnswerComplete = false
        isKeptAlive = false
        heartbeat = nil
        quietEnd = .distantFuture
        exchange.attach(NIOLoopBound(self, eventLoop: loop))
        let request = exchange.request
        if let wire, request.isPlain {
            wire.send(request)
            isRequestSent = true
            setDeadline(after: request.deadlines.firstByte, name: "no answer came in time", from: now)
            read()
            if !exchange.isWanted { abort(exchange) }
            return
        }
        context.write(wrapOutboundOut(.head(request.head)), promise: refusalPromise(for: request))
        switch request.content {
        case .none: endRequest()
        case .whole(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            endRequest()
        case .following:
            context.flush()
            setDeadline(after: request.deadlines.idle, name: "the gateway does not take the request")
            sendParcel(of: exchange)
        }
        read()
        // Cancelled while the connection was being made: nobody could tell this connection then.
        if !exchange.isWanted { abort(exchange) }
    }

    /// Tells a request of which nothing left the machine from one that the gateway may have heard; only where that matters.
    private func refusalPromise(for request: UpstreamRequest) -> EventLoopPromise<Void>? {
        guard hasServed, !request.isRepeatable, case .whole = request.content else { return nil }
        let promise = loop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenFailure { _ in self.isHeadRefused = true }
        return promise
    }

    private func endRequest() {
        guard let context, let exchange else { return }
        isRequestSent = true
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        setDeadline(after: exchange.request.deadlines.firstByte, name: "no answer came in time")
    }

    func sendParcel(of exchange: UpstreamExchange) {
        guard let context, self.exchange === exchange, !isRequestSent, let parcel = exchange.takeParcel() else { return }
        switch parcel {
        case .part(let bytes):
            setDeadline(after: exchange.request.deadlines.idle, name: "the gateway does not take the request")
            let promise = loop.makePromise(of: Void.self)
            // A failure ends the exchange with the connection, and the sender with the exchange.
            promise.futureResult.whenSuccess { exchange.parcelSent() }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end:
            endRequest()
            exchange.parcelSent()
        }
    }

    func readOn(for exchange: UpstreamExchange) {
        guard self.exchange === exchange else { return }
        setDeadline(after: exchange.request.deadlines.idle, name: "the answer stopped")
        read()
    }

    /// Each asking goes past all handlers.
    private func read() {
        guard !isReading else { return }
        isReading = true
        context?.read()
    }

    func beginHeartbeat(of exchange: UpstreamExchange, every interval: TimeAmount) {
        guard self.exchange === exchange else { return }
        heartbeat = interval
        quietEnd = loop.now + interval
        schedule()
    }

    /// Closes, where it still serves this exchange.
    func abort(_ exchange: UpstreamExchange) {
        guard self.exchange === exchange else { return }
        self.exchange = nil
        close()
    }

    /// The pool has it, until `end`.
    func rest(until end: NIODeadline) {
        deadline = end
        deadlineName = ""
        schedule()
    }

    func close() {
        timer?.cancel()
        timer = nil
        context?.close(promise: nil)
    }

    // MARK: The answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard exchange != nil, !isAnswerComplete else {
            // Nobody has asked.
            hasSurplus = true
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answerHead = AnswerHead(head)
            hasAnswered = true
            isKeptAlive = head.isKeepAlive && isRequestSent
        case .body(let part):
            if bytes == nil { bytes = part } else { bytes?.writeImmutableBuffer(part) }
        case .end:
            isAnswerComplete = true
        }
    }

    /// The whole of an answer has come to a request that was sent as bytes.
    func take(_ answer: PlainAnswer) {
        guard exchange != nil else { return hasSurplus = true }
        answerHead = answer.head
        bytes = answer.content
        hasAnswered = true
        isKeptAlive = true
        isAnswerComplete = true
    }

    /// What the parser has to know to read the answer.
    func tellParser() {
        guard let context, let exchange else { return }
        context.write(wrapOutboundOut(.head(exchange.request.head)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        guard exchange != nil else {
            if hasSurplus { leave() } else { read() }
            return
        }
        deliver()
    }

    private func deliver() {
        guard let exchange else { return }
        let (head, bytes) = (answerHead, bytes)
        answerHead = nil
        self.bytes = nil
        guard isAnswerComplete else {
            if heartbeat != nil, bytes != nil { quietEnd = loop.now + (heartbeat ?? .zero) }
            let readsOn = exchange.deliver(head: head, bytes: bytes, isComplete: false)
            // The reader may have had enough meanwhile, and this connection be closed.
            guard self.exchange === exchange else { return }
            if hasAnswered, head != nil || bytes != nil {
                if readsOn {
                    setDeadline(after: exchange.request.deadlines.idle, name: "the answer stopped")
                } else {
                    // A slow reader is not the gateway's fault.
                    deadline = exchange.request.deadlines.end
                    deadlineName = "the call took too long"
                }
            }
            if readsOn { read() }
            return
        }
        // Back in the pool first, so that whoever asks next finds it there.
        self.exchange = nil
        hasServed = true
        if isKeptAlive, isRequestSent, !hasSurplus, let pool, pool.takeBack(self) { read() } else { close() }
        _ = exchange.deliver(head: head, bytes: bytes, isComplete: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: end(.lost("the connection ended in the middle of the answer"))
        case let error as HTTPParserError: end(.broken("\(error)"))
        default: end(.lost(UpstreamConnector.describe(error)))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.lost(hasAnswered ? "the connection ended in the middle of the answer" : "the connection ended without an answer"))
        context.fireChannelInactive()
    }

    private func end(_ failure: UpstreamFailure) {
        if isAnswerComplete {
            // An answer that is complete stays so, whatever happens to its connection.
            isKeptAlive = false
            deliver()
        } else if let exchange {
            let bytes = bytes, head = answerHead
            self.bytes = nil
            answerHead = nil
            if head != nil || bytes != nil { _ = exchange.deliver(head: head, bytes: bytes, isComplete: false) }
            self.exchange = nil
            let mayRepeat = !hasAnswered && hasServed && (exchange.request.isRepeatable || isHeadRefused)
            exchange.fail(failure, mayRepeat: mayRepeat)
        }
        leave()
    }

    private func leave() {
        pool?.remove(self)
        close()
    }

    // MARK: Deadlines

    /// - Parameter now: where that is known already.
    private func setDeadline(after time: TimeAmount, name: String, from now: NIODeadline? = nil) {
        guard let exchange else { return }
        let end = exchange.request.deadlines.end
        deadline = min((now ?? loop.now) + time, end)
        deadlineName = deadline == end ? "the call took too long" : name
        schedule()
    }

    private func schedule() {
        let next = min(deadline, quietEnd)
        if timer != nil, timerEnd <= next { return }
        timer?.cancel()
        timerEnd = next
        timer = loop.assumeIsolated().scheduleTask(deadline: next) { self.look() }
    }

    private func look() {
        timer = nil
        let now = loop.now
        if now >= deadline { return expire() }
        if now >= quietEnd, let heartbeat, let exchange {
            quietEnd = now + heartbeat
            exchange.tellSilence()
            guard context != nil else { return }
        }
        schedule()
    }

    private func expire() {
        if let exchange {
            self.exchange = nil
            exchange.fail(.slow(deadlineName))
        }
        leave()
    }
}

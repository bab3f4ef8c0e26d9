import NIOCore
import NIOHTTP1

/// Stands between the parser and the site: lets through what is fit to be
/// answered, answers the rest itself, and decides when the connection ends.
///
/// Requests may come before the answers to earlier ones are out (pipelining);
/// everything here that speaks waits for its turn.
final class EdgeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Names a request to its sender and in the log. What a client sends under
    /// this name is dropped.
    static let requestIDName = "x-request-id"

    /// A request whose answer is not complete.
    private struct Exchange {
        let version: HTTPVersion
        let wantsBody: Bool
        let requestID: String
        var keepsConnection: Bool
        var expectsContinue: Bool
        var opensSocket: Bool
        var isRequestComplete = false
        var hasAnswerBegun = false
    }

    private let hygiene: RequestHygiene
    private let state: ConnectionPhase
    private let makeRequestID: @Sendable () -> String
    private let onRefusal: @Sendable (Int) -> Void
    private var exchanges = CircularBuffer<Exchange>()
    private var bodyBytes = 0
    /// Waits for the answers to the requests before it.
    private var refusal: Refusal?
    /// The refused request was a HEAD, whose answer ends with its head.
    private var refusesHead = false
    private var isClosing = false
    private var context: ChannelHandlerContext?
    private let removeHTTP: () -> Void
    /// What the site has for the socket that the client wants.
    private var offer: SocketOffer?
    private var watch: DepartureWatch?
    private var hasInputEnded = false
    /// What comes behind the opening of a socket waits for the answer, in the system's buffers.
    private var isWaitingForSocket: Bool { exchanges.last?.opensSocket == true }
    private var hasHeldRead = false
    /// The connection is a socket's; nothing here is HTTP any more.
    private var isTunnel = false

    /// - Parameter removeHTTP: takes the parser and the writer of HTTP out of the pipeline; what the parser has not read
    ///   goes on to this handler.
    init(_ configuration: EdgeConfiguration, state: ConnectionPhase, removeHTTP: @escaping () -> Void) {
        self.removeHTTP = removeHTTP
        hygiene = RequestHygiene(limits: configuration.limits)
        self.state = state
        makeRequestID = configuration.makeRequestID
        onRefusal = configuration.onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Ends a connection that is one too many.
    func turnAway() {
        if let context { refuse(.tooManyConnections, context) }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isTunnel { return context.fireChannelRead(data) }
        guard !isClosing, refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= hygiene.limits.body else { return fail(NIOTooManyBytesError(maxBytes: hygiene.limits.body), context) }
            context.fireChannelRead(data)
        case .end:
            // Trailers carry nothing that this site reads.
            if !exchanges.isEmpty { exchanges[exchanges.index(before: exchanges.endIndex)].isRequestComplete = true }
            state.endedWithHead = bodyBytes == 0
            state.reading = .idle
            context.fireChannelRead(wrapInboundOut(.end(nil)))
            if exchanges.last?.keepsConnection == false { stopReading() }
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let admitted: RequestHygiene.Admitted
        do throws(Refusal) {
            admitted = try hygiene.admit(head)
        } catch {
            refusesHead = head.method == .HEAD
            return refuse(error, context)
        }
        var request = admitted.head
        let id = makeRequestID()
        request.headers.add(name: Self.requestIDName, value: id)
        bodyBytes = 0
        exchanges.append(
            Exchange(
                version: head.version, wantsBody: head.method != .HEAD, requestID: id, keepsConnection: admitted.keepsConnection,
                expectsContinue: admitted.expectsContinue, opensSocket: admitted.opensSocket))
        state.unanswered = exchanges.count
        state.reading = .body
        sendContinueIfItsTurn(context)
        context.fireChannelRead(wrapInboundOut(.head(request)))
    }

    private func sendContinueIfItsTurn(_ context: ChannelHandlerContext) {
        guard exchanges.first?.expectsContinue == true, exchanges.first?.hasAnswerBegun == false else { return }
        exchanges[exchanges.startIndex].expectsContinue = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isTunnel { return context.write(data, promise: promise) }
        guard !exchanges.isEmpty else {
            // The site speaks without a request: its error path after ours.
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            let current = exchanges.startIndex
            exchanges[current].hasAnswerBegun = true
            // Reading on would cost more than a new connection: what is left of the body is the client's to keep.
            if !exchanges[current].isRequestComplete { exchanges[current].keepsConnection = false }
            head.version = exchanges[current].version
            if let socket = takeOffer(head) { return enter(socket, head, promise, context) }
            if exchanges[current].opensSocket { exchanges[current].keepsConnection = false }
            if !exchanges[current].keepsConnection { head.headers.replaceOrAdd(name: "connection", value: "close") }
            head.headers.replaceOrAdd(name: Self.requestIDName, value: exchanges[current].requestID)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            // HEAD has the head that GET has, and ends there (RFC 9110, section 9.3.2).
            if exchanges.first?.wantsBody == true { context.write(data, promise: promise) } else { promise?.succeed() }
        case .end:
            let done = exchanges.removeFirst()
            watch = nil
            // A chunked body may end with trailers; this site has none. Where there is no body, the chunk that ends one would be
            // read as the beginning of the next answer.
            let end = done.wantsBody ? HTTPServerResponsePart.end(nil) : .body(.byteBuffer(ByteBuffer()))
            context.writeAndFlush(wrapOutboundOut(end), promise: promise)
            if !done.keepsConnection { return finish(context) }
            state.unanswered = exchanges.count
            if exchanges.isEmpty, let refusal { return send(refusal, context) }
            sendContinueIfItsTurn(context)
        }
    }

    /// The site has said its last word on this connection.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            isClosing = true
            stopReading()
        }
        context.close(mode: mode, promise: promise)
    }

    // MARK: Sockets

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case let offer as SocketOffer: self.offer = offer
        case let watch as DepartureWatch: if hasInputEnded { watch.onDeparture() } else { self.watch = watch }
        default: return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
    }

    func channelInactive(context: ChannelHandlerContext) {
        departed()
        context.fireChannelInactive()
    }

    private func departed() {
        hasInputEnded = true
        watch.take()?.onDeparture()
    }

    func read(context: ChannelHandlerContext) {
        if isWaitingForSocket, !isTunnel { hasHeldRead = true } else { context.read() }
    }

    private func takeOffer(_ head: HTTPResponseHead) -> SocketOffer? {
        guard head.status == .switchingProtocols, exchanges.first?.opensSocket == true else { return nil }
        return offer.take()
    }

    /// The last answer in HTTP, then the other protocol takes over.
    private func enter(_ socket: SocketOffer, _ answer: HTTPResponseHead, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        var head = answer
        head.headers.remove(name: "content-length")
        head.headers.replaceOrAdd(name: "connection", value: "Upgrade")
        head.headers.replaceOrAdd(name: "upgrade", value: "websocket")
        head.headers.replaceOrAdd(name: Self.requestIDName, value: exchanges.removeFirst().requestID)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        state.reading = .tunnel
        do {
            try socket.join(context.channel, context.pipeline.syncOperations, behind: self)
        } catch {
            // Only a pipeline that is gone already refuses handlers.
            return context.close(promise: nil)
        }
        isTunnel = true
        removeHTTP()
        readOn(context)
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard hasHeldRead else { return }
        hasHeldRead = false
        context.read()
    }

    // MARK: Refusals

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isTunnel { return context.fireErrorCaught(error) }
        guard error is HTTPParserError else {
            // A client that goes away is no error of anybody's.
            if error is IOError || error is ChannelError { return context.close(promise: nil) }
            return context.fireErrorCaught(error)
        }
        fail(error, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isTunnel {
            context.fireUserInboundEventTriggered(event)
            // Half a socket is none.
            if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
            return
        }
        switch event {
        case is DeadlineHandler.Exceeded:
            if exchanges.last?.isRequestComplete == false { fail(DeadlineExceeded(), context) } else { refuse(.timeout, context) }
        case is ChannelShouldQuiesceEvent: quiesce(context)
        case let event as ChannelEvent where event == .inputClosed:
            // The client sends nothing more; what is owed it still gets.
            departed()
            quiesce(context)
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The server stops, or the client does: what has begun is answered, nothing new begins.
    private func quiesce(_ context: ChannelHandlerContext) {
        guard !isClosing, refusal == nil else { return }
        guard let last = exchanges.indices.last else {
            // Ready answers may still be on their way to the client.
            // A channel that cannot tell has nothing waiting.
            let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            return waiting > 0 ? finish(context) : context.close(promise: nil)
        }
        exchanges[last].keepsConnection = false
        if exchanges[last].isRequestComplete { stopReading() }
    }

    /// A body did not come in time.
    struct DeadlineExceeded: Error {}

    /// Something is wrong with the bytes: in a head, the edge says so; in a body,
    /// whoever reads it must know, and the answer may be on its way already.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        // Half a request is an error as well where the connection is gone, but nobody would hear of it.
        let isHeard = context.channel.isActive
        guard exchanges.last?.isRequestComplete == false else {
            let sawLineEnd = if case .head(let saw) = state.reading { saw } else { true }
            if isHeard { refuse(Refusal(error, sawLineEnd: sawLineEnd), context) }
            return
        }
        let broken = exchanges.index(before: exchanges.endIndex)
        refusesHead = !exchanges[broken].wantsBody
        guard !exchanges[broken].hasAnswerBegun else { return context.close(promise: nil) }
        let refusal: Refusal =
            switch error {
            case is NIOTooManyBytesError: .contentTooLarge
            case is DeadlineExceeded: .timeout
            default: .badRequest("the body of the request is broken")
            }
        // The site never answers it: this does, in its turn.
        exchanges.removeLast()
        state.unanswered = exchanges.count
        if isHeard { refuse(refusal, context) }
        context.fireErrorCaught(error)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        guard self.refusal == nil, !isClosing else { return }
        self.refusal = refusal
        stopReading()
        if exchanges.isEmpty { send(refusal, context) }
    }

    private func send(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        onRefusal(Int(refusal.status.code))
        let (head, body) = refusal.answer(requestID: makeRequestID())
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !refusesHead { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        finish(context)
    }

    private func stopReading() { state.reading = .closed }

    /// Says that this was all, and gives the peer a moment to read it: closing at
    /// once with bytes unread would reset the connection and take the answer with it.
    private func finish(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        exchanges.removeAll()
        state.unanswered = 0
        stopReading()
        readOn(context)
        context.close(mode: .output, promise: nil)
    }
}

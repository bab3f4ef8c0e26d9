import ContentCoding
import NIOCore
import PageCache

/// Answers what is ready before anything else sees the request, its parser included: a plain GET
/// or HEAD of an address in the cache, without anything that would make its answer another one.
/// A plain GET of an address of the ``DirectSite`` goes there. Everything else goes on untouched.
///
/// Knows of every byte that goes on whether it ends a request, and answers only at such an end and
/// while no other answer is owed on the connection: order is kept. From the first byte that it does
/// not understand, the connection is the parser's alone. Stops reading while the client does not take
/// what it asked for.
///
/// Asks for the next bytes itself, with `autoRead` off: while nothing has gone on, there is nobody else in the pipeline to be
/// asked whether more may come.
final class CachedResponseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of a head that wait for the rest of it. A longer one goes on: whoever sends it a byte at a
    /// time would have it read again and again.
    static let heldHead = 4 << 10

    private let limits: EdgeLimits
    private let cache: PageCache
    private let state: ConnectionPhase
    private let makeRequestID: @Sendable () -> String
    private let personalAnswer: EdgeConfiguration.PersonalAnswer
    private let onReady: @Sendable (ReadyAnswer) -> Void
    private let direct: DirectSite?
    private let room: HeadRoom
    private let memory = ConnectionMemory()

    /// The rest of the pipeline understands more than this handler does.
    private var isPassing = false
    /// The rest of the pipeline has seen something, and may want to wait before it sees more.
    private var isShared = false
    /// Bytes of the body that goes on.
    private var bodyLeft = 0
    /// Begins at the beginning of a request, and is not the whole of its head; or waits for the reader.
    private var held = ByteBuffer()
    private var isReaderSlow = false
    /// The answer that the direct site is making.
    private var pending: DirectAnswer?
    /// The server stops; what waits is behind the answer that is being made.
    private var hasHeldQuiescence = false
    private var hasWritten = false
    /// The rest of the pipeline need not hear of reads that it got nothing of.
    private var hasForwarded = false
    private var hasHeldRead = false
    /// The client has said that nothing more comes, behind what waits.
    private var hasHeldEnd = false
    private var lastHead: PlainHead.Known?
    /// What a connection says of itself, it says in every request.
    private var host = Remembered(false)
    private var codings = Remembered(AcceptedCodings(""))
    private var namesMarkdown = Remembered(false)

    init(_ configuration: EdgeConfiguration, cache: PageCache, state: ConnectionPhase, room: HeadRoom) {
        self.room = room
        limits = configuration.limits
        self.cache = cache
        self.state = state
        makeRequestID = configuration.makeRequestID
        personalAnswer = configuration.personalAnswer
        onReady = configuration.onReady
        direct = configuration.direct
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if isPassing { return forward(bytes, context) }
        if held.readableBytes > 0 || isWaiting {
            held.writeBuffer(&bytes)
            // A head that has begun to come has its time once its turn has come.
            if pending != nil { state.reading = .idle }
            guard !isWaiting else { return }
            bytes = held
            held = ByteBuffer()
        }
        take(bytes, context)
    }

    /// Nothing that comes is looked at yet.
    private var isWaiting: Bool { isReaderSlow || pending != nil }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        askForMore(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        if hasForwarded {
            hasForwarded = false
            context.fireChannelReadComplete()
        }
        askForMore(context)
    }

    /// What the channel would do by itself, all handlers on the way from the pipeline's end, where that is needed.
    private func askForMore(_ context: ChannelHandlerContext) {
        if isShared { context.channel.pipeline.syncOperations.read() } else { read(context: context) }
    }

    private func take(_ received: ByteBuffer, _ context: ChannelHandlerContext) {
        var bytes = received
        while bytes.readableBytes > 0 {
            if bodyLeft > 0 {
                let count = min(bodyLeft, bytes.readableBytes)
                bodyLeft -= count
                forward(&bytes, count, context)
                continue
            }
            switch PlainHead.read(bytes, after: &lastHead) {
            case .plain(let head):
                // What comes behind the last request is nobody's to answer.
                if head.isSimple, isShort(head), state.unanswered == 0, state.reading != .closed, answer(head, bytes, context) {
                    guard pending == nil else {
                        bytes.moveReaderIndex(forwardBy: head.length)
                        // What was read may be read into again, where nobody has a part of it.
                        if bytes.readableBytes > 0 { held = bytes }
                        return
                    }
                    bytes.moveReaderIndex(forwardBy: head.length)
                    state.endedWithHead = true
                    state.reading = .idle
                    guard context.channel.isWritable else {
                        flush(context)
                        guard context.channel.isWritable else {
                            isReaderSlow = true
                            return held = bytes
                        }
                        continue
                    }
                } else {
                    bodyLeft = head.bodyLength
                    forward(&bytes, head.length, context)
                }
            case .incomplete where bytes.readableBytes <= Self.heldHead:
                held = bytes
                // Behind a body, nobody else can tell that a head has begun.
                if state.reading == .idle { state.reading = .head(sawLineEnd: bytes.readableBytesView.contains(0x0A)) }
                return
            case .incomplete, .other:
                isPassing = true
                return forward(bytes, context)
            }
        }
    }

    /// Short enough to be within every limit, however the parser counts.
    private func isShort(_ head: PlainHead) -> Bool {
        head.length <= min(limits.headerField, limits.headerList) && head.fieldCount <= limits.headerCount
    }

    private func forward(_ bytes: inout ByteBuffer, _ count: Int, _ context: ChannelHandlerContext) {
        if let slice = bytes.readSlice(length: count) { forward(slice, context) }
    }

    private func forward(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        flush(context)
        // Behind the last request nothing is read, by the parser neither: what it had refused before would be an error anew.
        guard state.reading != .closed else { return }
        hasForwarded = true
        isShared = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasWritten else { return }
        hasWritten = false
        context.flush()
    }

    // MARK: Answers

    private func answer(_ head: PlainHead, _ request: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        func text(_ range: Range<Int>) -> String { request.getString(at: request.readerIndex + range.lowerBound, length: range.count) ?? "" }
        let bytes = request.readableBytesUInt8Span
        let address = text(head.target)
        guard let response = cache.ready(at: address) else { return begin(head, at: address, request, context) }
        guard host.value(of: head.host, in: bytes, make: { RequestTarget.isHost(text(head.host)) }),
            // Which of a page's two forms is wanted more is for the router to weigh; whoever does not name Markdown wants the other.
            !namesMarkdown.value(of: head.accept, in: bytes, make: { text(head.accept).lowercased().contains("markdown") })
        else { return false }
        let begin = NIODeadline.now()
        let accepted = codings.value(of: head.acceptEncoding, in: bytes) { AcceptedCodings(text(head.acceptEncoding)) }
        if head.mayBePersonal, response.isDocument {
            guard !head.cookie.isEmpty, let personal = personalAnswer(response, address, text(head.cookie), accepted) else { return false }
            write(personal.head, SecurityHeaders.block, body: head.isHead ? [] : personal.body, context)
            onReady(ReadyAnswer(isUnchanged: false, isHead: head.isHead, time: .nanoseconds((NIODeadline.now() - begin).nanoseconds)))
            return true
        }
        let chosen = response.best(for: accepted)
        let isUnchanged = head.ifNoneMatch.map { bytes.equals(chosen.entityTag, at: $0) || EntityTag.matches(text($0), chosen.entityTag) } ?? false
        write(isUnchanged ? chosen.notModifiedHead : chosen.head, nil, body: isUnchanged || head.isHead ? [] : [chosen.body], context)
        let time = Duration.nanoseconds((NIODeadline.now() - begin).nanoseconds)
        onReady(ReadyAnswer(isUnchanged: isUnchanged, isHead: head.isHead, time: time))
        return true
    }

    private func write(_ fields: ByteBuffer, _ others: ByteBuffer?, body: [ByteBuffer], _ context: ChannelHandlerContext) {
        let answer = room.filled { answer in
            answer.writeImmutableBuffer(fields)
            if let others { answer.writeImmutableBuffer(others) }
            room.end(&answer, requestID: makeRequestID())
        }
        context.write(wrapOutboundOut(answer), promise: nil)
        for part in body { context.write(wrapOutboundOut(part), promise: nil) }
        hasWritten = true
    }

    // MARK: The direct site

    /// - Returns: whether it answers, or has answered.
    private func begin(_ head: PlainHead, at address: String, _ request: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        func text(_ range: Range<Int>) -> String { request.getString(at: request.readerIndex + range.lowerBound, length: range.count) ?? "" }
        // For whom has gone already, the router begins, and is told.
        guard let direct, !hasHeldEnd, !head.isHead, head.target.count <= limits.target, direct.takes(address),
            host.value(of: head.host, in: request.readableBytesUInt8Span, make: { RequestTarget.isHost(text(head.host)) })
        else { return false }
        // The answer may be out before it is known here that there is one.
        var isBeginning = true
        let answer = DirectAnswer(
            to: PlainRequest(head: head, in: request), at: address, context, requestID: makeRequestID(), room: room, memory: memory
        ) {
            [unowned self] isComplete in
            pending = nil
            state.unanswered = 0
            state.endedWithHead = true
            if !isComplete { return context.close(promise: nil) }
            guard !isBeginning else { return }
            if context.channel.isWritable { goOn(context) } else { isReaderSlow = true }
        }
        pending = answer
        defer { isBeginning = false }
        guard direct.begin(DirectExchange(answer)) else {
            pending = nil
            return false
        }
        guard pending != nil else { return true }
        // Until then nothing else is answered here, and no head has begun.
        state.endedWithHead = false
        state.reading = .idle
        state.unanswered = 1
        return true
    }

    func channelInactive(context: ChannelHandlerContext) {
        pending.take()?.abandon()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { pending.take()?.abandon() }

    // MARK: Waiting

    func read(context: ChannelHandlerContext) {
        if isReaderSlow || pending != nil && held.readableBytes >= Self.heldHead { hasHeldRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        guard context.channel.isWritable else { return }
        pending?.becameWritable()
        guard isReaderSlow else { return }
        isReaderSlow = false
        goOn(context)
    }

    /// Looks at what has come while nothing could be answered.
    private func goOn(_ context: ChannelHandlerContext) {
        let bytes = held
        held = ByteBuffer()
        // Behind the last answer, nothing is read.
        if !hasHeldQuiescence { take(bytes, context) }
        flush(context)
        guard !isWaiting else { return }
        context.fireChannelReadComplete()
        if hasHeldQuiescence {
            hasHeldQuiescence = false
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        if hasHeldEnd {
            hasHeldEnd = false
            letHeldGo(context)
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if hasHeldRead {
            hasHeldRead = false
            context.read()
        }
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let isEnd = event as? ChannelEvent == .inputClosed
        if isEnd, isWaiting {
            hasHeldEnd = true
            // May answer, and so let go what is held, before it returns.
            pending?.depart()
            return
        }
        if event is ChannelShouldQuiesceEvent, let pending {
            pending.closesConnection = true
            return hasHeldQuiescence = true
        }
        // Half a head is the parser's to complain about, when it comes to an end.
        if isEnd || event is DeadlineHandler.Exceeded { letHeldGo(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func letHeldGo(_ context: ChannelHandlerContext) {
        guard held.readableBytes > 0 else { return }
        isPassing = true
        let bytes = held
        held = ByteBuffer()
        forward(bytes, context)
    }
}

/// What was made of a value that comes again and again.
private struct Remembered<Value> {
    private var bytes: [UInt8] = []
    private var made: Value

    init(_ madeOfNothing: Value) { made = madeOfNothing }

    mutating func value(of range: Range<Int>, in span: Span<UInt8>, make: () -> Value) -> Value {
        if bytes.count == range.count {
            var index = 0
            while index < bytes.count, bytes[index] == span[range.lowerBound + index] { index += 1 }
            if index == bytes.count { return made }
        }
        bytes.removeAll(keepingCapacity: true)
        for index in range { bytes.append(span[index]) }
        made = make()
        return made
    }
}

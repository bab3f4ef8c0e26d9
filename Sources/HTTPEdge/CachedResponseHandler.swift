import ContentCoding
import NIOCore
import NIOHTTP1
import PageCache

/// Answers what is ready before anything else sees the request: a GET or HEAD of an
/// address in the cache, without anything that would make its answer another one.
/// Everything else goes on untouched.
///
/// Sits between the parser and the encoder, so that ready bytes go out as they are.
/// Answers only while no other answer is owed on the connection: order is kept. Stops
/// reading while the client does not take what it asked for.
final class CachedResponseHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let cache: PageCache
    private let state: ConnectionPhase
    private let date: HTTPDate
    private let makeRequestID: @Sendable () -> String
    private let onReady: @Sendable (ReadyAnswer) -> Void

    /// The end of a request that is answered already.
    private var expectsEnd = false
    private var hasWritten = false
    /// The rest of the pipeline need not hear of reads that it got nothing of.
    private var hasForwarded = false
    /// The client reads too slowly; parts that came nevertheless wait here, at most what one read gives.
    private var waiting: CircularBuffer<HTTPServerRequestPart>?
    private var hasHeldRead = false
    /// The client has said that nothing more comes, behind what waits.
    private var hasHeldEnd = false
    /// What a connection says of itself, it says in every request.
    private var lastHost = ""
    private var lastAcceptEncoding = ""
    private var accepted = AcceptedCodings("")
    private var lastAccept = ""
    private var namesMarkdown = false

    init(_ configuration: EdgeConfiguration, cache: PageCache, state: ConnectionPhase) {
        self.cache = cache
        self.state = state
        date = configuration.date
        makeRequestID = configuration.makeRequestID
        onReady = configuration.onReady
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if waiting != nil {
            waiting?.append(part)
        } else {
            take(part, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        guard hasForwarded else { return }
        hasForwarded = false
        context.fireChannelReadComplete()
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            // What comes behind the last request is nobody's to answer.
            if state.unanswered == 0, state.reading != .closed, answer(head, context) { expectsEnd = true } else { forward(part, context) }
        case .body: forward(part, context)
        case .end:
            guard expectsEnd else { return forward(part, context) }
            expectsEnd = false
            state.endedWithHead = true
            state.reading = .idle
            if !context.channel.isWritable { holdUp(context) }
        }
    }

    private func forward(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        flush(context)
        hasForwarded = true
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasWritten else { return }
        hasWritten = false
        context.flush()
    }

    // MARK: Answers

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        guard head.method == .GET || head.method == .HEAD, head.version == .http1_1, let response = cache.ready(at: head.uri),
            let wishes = Wishes(head.headers), checkHost(wishes.host), !mayWantMarkdown(wishes.accept)
        else { return false }
        let begin = NIODeadline.now()
        if wishes.acceptEncoding != lastAcceptEncoding {
            lastAcceptEncoding = wishes.acceptEncoding
            accepted = AcceptedCodings(lastAcceptEncoding)
        }
        let chosen = response.best(for: accepted)
        let isUnchanged = wishes.ifNoneMatch.map { EntityTag.matches($0, chosen.entityTag) } ?? false
        let fields = isUnchanged ? chosen.notModifiedHead : chosen.head
        var bytes = context.channel.allocator.buffer(capacity: fields.readableBytes + 88)
        bytes.writeImmutableBuffer(fields)
        bytes.writeString("date: ")
        bytes.writeString(date.now())
        bytes.writeString("\r\nx-request-id: ")
        bytes.writeString(makeRequestID())
        bytes.writeString("\r\n\r\n")
        context.write(wrapOutboundOut(bytes), promise: nil)
        if !isUnchanged, head.method == .GET { context.write(wrapOutboundOut(chosen.body), promise: nil) }
        hasWritten = true
        let time = Duration.nanoseconds((NIODeadline.now() - begin).nanoseconds)
        onReady(ReadyAnswer(isUnchanged: isUnchanged, isHead: head.method == .HEAD, time: time))
        return true
    }

    /// Which of a page's two forms is wanted more is for the router to weigh; whoever does not name Markdown wants the other.
    private func mayWantMarkdown(_ accept: String) -> Bool {
        if accept != lastAccept {
            lastAccept = accept
            namesMarkdown = accept.lowercased().contains("markdown")
        }
        return namesMarkdown
    }

    /// The same host comes again and again; it is looked at once.
    private func checkHost(_ host: String) -> Bool {
        if host == lastHost { return true }
        guard RequestTarget.isHost(host) else { return false }
        lastHost = host
        return true
    }

    // MARK: Slow readers

    private func holdUp(_ context: ChannelHandlerContext) {
        flush(context)
        if !context.channel.isWritable { waiting = waiting ?? [] }
    }

    func read(context: ChannelHandlerContext) {
        if waiting == nil { context.read() } else { hasHeldRead = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard waiting != nil, event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        hasHeldEnd = true
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        guard context.channel.isWritable, var parts = waiting else { return }
        waiting = nil
        while let part = parts.popFirst() {
            take(part, context)
            if waiting != nil {
                waiting = parts
                return
            }
        }
        flush(context)
        context.fireChannelReadComplete()
        if hasHeldEnd {
            hasHeldEnd = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if hasHeldRead {
            hasHeldRead = false
            context.read()
        }
    }
}

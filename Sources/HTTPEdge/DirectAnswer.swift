import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// The site's answer to one plain request on its way down the connection. Only on the connection's event loop.
///
/// An answer of known length goes out in one piece. Of others the next part waits while the connection has more than enough
/// to send, so that a slow reader costs little memory.
final class DirectAnswer {
    let request: PlainRequest
    private let context: ChannelHandlerContext
    private let requestID: String
    private let date: HTTPDate
    /// Told whether the answer is complete; else the connection cannot be used any more.
    private let onEnd: (_ isComplete: Bool) -> Void
    var onDeparture: (@Sendable () -> Void)?
    private var task: Task<Void, Never>?
    private var isOver = false
    private var isChunked = false
    /// Parts go out one after the other, each when it is made.
    private var isStream = false
    /// Waits until the connection takes more.
    private var writer: CheckedContinuation<Void, any Error>?
    /// Nothing more is answered on the connection: said where the head is not out yet.
    var closesConnection = false

    /// - Parameter onEnd: called once, unless ``abandon()`` was.
    init(
        to request: PlainRequest, _ context: ChannelHandlerContext, requestID: String, date: HTTPDate,
        onEnd: @escaping (_ isComplete: Bool) -> Void
    ) {
        self.request = request
        self.context = context
        self.requestID = requestID
        self.date = date
        self.onEnd = onEnd
    }

    // MARK: The client

    /// The client has gone. What still comes of the answer goes out if the connection takes it.
    func depart() {
        onDeparture.take()?()
        task?.cancel()
        writer.take()?.resume(throwing: CancellationError())
    }

    func becameWritable() { writer.take()?.resume() }

    /// The connection is gone.
    func abandon() {
        guard !isOver else { return }
        isOver = true
        depart()
    }

    // MARK: The site

    func send(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ body: ByteBuffer) {
        guard !isOver else { return }
        let hasBody = Self.hasBody(status)
        var answer = head(status, fields, length: hasBody ? body.readableBytes : nil)
        guard hasBody else {
            context.write(NIOAny(answer), promise: nil)
            return end(isComplete: true)
        }
        // Two pieces cost the system more than a short copy does.
        if body.readableBytes <= Self.shortBody { answer.writeImmutableBuffer(body) }
        context.write(NIOAny(answer), promise: nil)
        if body.readableBytes > Self.shortBody { context.write(NIOAny(body), promise: nil) }
        end(isComplete: true)
    }

    private static let shortBody = 4 << 10

    func respond(_ exchange: DirectExchange, _ make: @escaping @Sendable (Request, any Channel) async throws -> Response) {
        guard !isOver else { return }
        let channel = context.channel
        let request = Request(
            head: request.request(at: exchange.address, requestID: requestID), body: RequestBody(buffer: ByteBuffer()))
        let answer = NIOLoopBound(self, eventLoop: exchange.eventLoop)
        let executor = LoopExecutor(exchange.eventLoop)
        let task = Task.immediate(executorPreference: executor) {
            // The task's jobs need it until the last one is done.
            defer { withExtendedLifetime(executor) {} }
            do {
                let response = try await make(request, channel)
                try await answer.value.send(response)
            } catch {
                answer.value.end(isComplete: false)
            }
        }
        if !isOver { self.task = task }
    }

    private func send(_ response: Response) async throws {
        guard !isOver else { return }
        let length = response.body.contentLength
        isStream = length == nil
        isChunked = isStream && Self.hasBody(response.status) && response.headers[.contentLength] == nil
        context.write(NIOAny(head(response.status, response.headers, length: Self.hasBody(response.status) ? length : nil)), promise: nil)
        if isStream { context.flush() }
        try await response.body.write(Body(NIOLoopBound(self, eventLoop: context.eventLoop)))
        // A body that says nothing of its end has broken off.
        end(isComplete: false)
    }

    /// What has no body has no length of one either (RFC 9110, section 8.6).
    private static func hasBody(_ status: HTTPResponse.Status) -> Bool { status.code != 204 && status.code != 304 }

    private func head(_ status: HTTPResponse.Status, _ fields: HTTPFields, length: Int?) -> ByteBuffer {
        var head = context.channel.allocator.buffer(capacity: 1_024 + (length.map { $0 <= Self.shortBody ? $0 : 0 } ?? 0))
        head.writeString("HTTP/1.1 ")
        head.writeString(String(status.code))
        head.writeString(" ")
        // Made from its number, a status has no words.
        head.writeString(status.reasonPhrase.isEmpty ? HTTPResponseStatus(statusCode: status.code).reasonPhrase : status.reasonPhrase)
        for field in fields {
            let name = field.name.canonicalName
            guard !Self.own.contains(name), name != "content-length" || isStream && !isChunked && Self.hasBody(status) else { continue }
            head.writeString("\r\n")
            head.writeString(name)
            head.writeString(": ")
            head.writeString(field.value)
        }
        if let length {
            head.writeString("\r\ncontent-length: ")
            head.writeString(String(length))
        }
        if isChunked { head.writeString("\r\ntransfer-encoding: chunked") }
        if closesConnection { head.writeString("\r\nconnection: close") }
        head.writeString("\r\n")
        head.writeImmutableBuffer(SecurityHeaders.block)
        head.writeString("date: ")
        head.writeString(date.now())
        head.writeString("\r\nx-request-id: ")
        head.writeString(requestID)
        head.writeString("\r\n\r\n")
        return head
    }

    /// Fields that only the edge writes.
    private static let own = Set(SecurityHeaders.fields.map(\.0) + ["date", "connection", "transfer-encoding", EdgeHandler.requestIDName])

    private func write(_ part: ByteBuffer) async throws {
        guard !isOver else { throw ChannelError.ioOnClosedChannel }
        guard part.readableBytes > 0 else { return }
        guard isStream else { return context.write(NIOAny(part), promise: nil) }
        if isChunked {
            context.write(NIOAny(ByteBuffer(string: String(part.readableBytes, radix: 16) + "\r\n")), promise: nil)
            context.write(NIOAny(part), promise: nil)
        }
        context.writeAndFlush(NIOAny(isChunked ? Self.lineEnd : part), promise: nil)
        guard !context.channel.isWritable, !isOver else { return }
        try await withCheckedThrowingContinuation { writer = $0 }
    }

    private static let lineEnd = ByteBuffer(string: "\r\n")
    private static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    private func finish() {
        guard !isOver else { return }
        if isChunked { context.write(NIOAny(Self.lastChunk), promise: nil) }
        end(isComplete: true)
    }

    /// Does nothing the second time.
    private func end(isComplete: Bool) {
        guard !isOver else { return }
        isOver = true
        task = nil
        onDeparture = nil
        context.flush()
        onEnd(isComplete)
    }

    /// What the site writes the body to.
    private struct Body: ResponseBodyWriter {
        private let answer: NIOLoopBound<DirectAnswer>

        init(_ answer: NIOLoopBound<DirectAnswer>) { self.answer = answer }

        func write(_ buffer: ByteBuffer) async throws { try await answer.value.write(buffer) }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws { answer.value.finish() }
    }
}

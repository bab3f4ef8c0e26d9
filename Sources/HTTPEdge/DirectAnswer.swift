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
    /// Path and query.
    let address: String
    let requestID: String
    let memory: ConnectionMemory
    private let context: ChannelHandlerContext
    private let room: HeadRoom
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
        to request: PlainRequest, at address: String, _ context: ChannelHandlerContext, requestID: String, room: HeadRoom, memory: ConnectionMemory,
        onEnd: @escaping (_ isComplete: Bool) -> Void
    ) {
        self.request = request
        self.address = address
        self.context = context
        self.requestID = requestID
        self.room = room
        self.memory = memory
        self.onEnd = onEnd
    }

    var eventLoop: any EventLoop { context.eventLoop }

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

    func send(_ status: HTTPResponse.Status, _ fields: [(name: HTTPField.Name, value: String)], _ body: ByteBuffer, written: ByteBuffer) {
        guard !isOver else { return }
        let hasBody = Self.hasBody(status)
        // Two pieces cost the system more than a short copy does.
        let isShort = body.readableBytes <= Self.shortBody
        let answer = room.filled { answer in
            write(status, length: hasBody ? body.readableBytes : nil, to: &answer) { answer in
                answer.writeImmutableBuffer(written)
                for (name, value) in fields { add(name, value, to: &answer) }
            }
            if hasBody, isShort { answer.writeImmutableBuffer(body) }
        }
        context.write(NIOAny(answer), promise: nil)
        if hasBody, !isShort { context.write(NIOAny(body), promise: nil) }
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
        let head = room.filled { head in
            write(response.status, length: Self.hasBody(response.status) ? length : nil, to: &head) { head in
                for field in response.headers { add(field.name, field.value, to: &head) }
            }
        }
        context.write(NIOAny(head), promise: nil)
        if isStream { context.flush() }
        try await response.body.write(Body(NIOLoopBound(self, eventLoop: context.eventLoop)))
        // A body that says nothing of its end has broken off.
        end(isComplete: false)
    }

    /// What has no body has no length of one either (RFC 9110, section 8.6).
    private static func hasBody(_ status: HTTPResponse.Status) -> Bool { status.code != 204 && status.code != 304 }

    private func write(_ status: HTTPResponse.Status, length: Int?, to head: inout ByteBuffer, fields writeFields: (inout ByteBuffer) -> Void) {
        if status.code == 200 {
            head.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            head.writeStaticString("HTTP/1.1 ")
            head.writeString(String(status.code))
            head.writeStaticString(" ")
            // Made from its number, a status has no words.
            head.writeString(status.reasonPhrase.isEmpty ? HTTPResponseStatus(statusCode: status.code).reasonPhrase : status.reasonPhrase)
            head.writeStaticString("\r\n")
        }
        writeFields(&head)
        if let length {
            head.writeStaticString("content-length: ")
            head.writeString(String(length))
            head.writeStaticString("\r\n")
        }
        if isChunked { head.writeStaticString("transfer-encoding: chunked\r\n") }
        if closesConnection { head.writeStaticString("connection: close\r\n") }
        head.writeImmutableBuffer(SecurityHeaders.block)
        room.end(&head, requestID: requestID)
    }

    private func add(_ name: HTTPField.Name, _ value: String, to head: inout ByteBuffer) {
        let name = name.canonicalName
        let length = name.utf8.count
        // Few names have the length of one that only the edge writes.
        if Self.ownLengths & 1 << length != 0, Self.own.contains(name) { return }
        // Of a body that is here, the edge writes the length itself.
        if length == 14, name == "content-length", !isStream || isChunked { return }
        head.writeString(name)
        head.writeStaticString(": ")
        head.writeString(value)
        head.writeStaticString("\r\n")
    }

    /// Fields that only the edge writes.
    private static let own = SecurityHeaders.fields.map(\.0) + ["date", "connection", "transfer-encoding", EdgeHandler.requestIDName]
    private static let ownLengths = own.reduce(UInt64(0)) { $0 | 1 << $1.utf8.count }

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

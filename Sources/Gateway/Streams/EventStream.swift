import JSON
import NIOCore

/// The events of an answer as they come, with signs of life in between; what goes wrong is an event too.
struct EventStream: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    fileprivate let exchange: UpstreamExchange
    fileprivate let call: OpenCall
    /// Whether the gateway says at the end that it is the end.
    fileprivate let endsWithDone: Bool

    init(_ exchange: UpstreamExchange, call: OpenCall, endsWithDone: Bool) {
        self.exchange = exchange
        self.call = call
        self.endsWithDone = endsWithDone
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        private let stream: EventStream
        private let reader: AnswerReader
        private var boundary = EventBoundary()
        private var isDone = false
        private var isOver = false

        fileprivate init(_ stream: EventStream) {
            self.stream = stream
            reader = AnswerReader(stream.call)
        }

        mutating func next() async throws -> ByteBuffer? {
            while !isOver {
                switch await stream.exchange.next() {
                case .bytes(let bytes):
                    guard let events = boundary.whole(of: bytes) else { continue }
                    isDone = EventStream.endsWithDone(events)
                    return events
                case .silence:
                    if !boundary.isInsideEvent { return EventStream.heartbeat }
                case .end:
                    isOver = true
                    if stream.endsWithDone, !isDone { return failure(GatewayProblem(.failing, "The answer ended too early.")) }
                    stream.call.end(status: 200)
                case .failed(.cancelled):
                    isOver = true
                    stream.call.end(status: 499)
                    throw CancellationError()
                case .failed(let reason):
                    isOver = true
                    return failure(reason.problem)
                }
            }
            return nil
        }

        private func failure(_ problem: GatewayProblem) -> ByteBuffer {
            stream.call.end(status: 200, problem: problem.kind)
            return EventStream.event(problem, isInsideEvent: boundary.isInsideEvent)
        }
    }

    static let heartbeat = ByteBuffer(string: ": keep-alive\n\n")

    /// Ends an event that was begun, if there is one, and the stream.
    static func event(_ problem: GatewayProblem, isInsideEvent: Bool = false) -> ByteBuffer {
        let data: JSONValue = ["error": ["message": .string(problem.message), "type": .string(problem.kind.rawValue)]]
        return ByteBuffer(string: "\(isInsideEvent ? "\n\n" : "")event: error\ndata: \(data.text)\n\ndata: [DONE]\n\n")
    }

    private static func endsWithDone(_ events: ByteBuffer) -> Bool {
        let text = events.readableBytesView.suffix(12)
        guard let last = text.lastIndex(where: { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }) else { return false }
        return text[...last].suffix(6).elementsEqual("[DONE]".utf8)
    }
}

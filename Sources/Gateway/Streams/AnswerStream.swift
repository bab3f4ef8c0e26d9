import NIOCore

/// The content of an answer as it comes. One that breaks off throws.
struct AnswerStream: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    fileprivate let status: Int
    fileprivate let beginning: ByteBuffer?
    fileprivate let exchange: UpstreamExchange
    fileprivate let call: OpenCall

    /// - Parameter beginning: what has been read of it.
    init(status: Int, beginning: ByteBuffer? = nil, _ exchange: UpstreamExchange, call: OpenCall) {
        self.status = status
        self.beginning = beginning
        self.exchange = exchange
        self.call = call
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        private let stream: AnswerStream
        private let reader: AnswerReader
        private var beginning: ByteBuffer?

        fileprivate init(_ stream: AnswerStream) {
            self.stream = stream
            reader = AnswerReader(stream.call)
            beginning = stream.beginning
        }

        mutating func next() async throws -> ByteBuffer? {
            if let bytes = beginning {
                beginning = nil
                return bytes
            }
            while true {
                switch await stream.exchange.next() {
                case .bytes(let bytes): return bytes
                case .silence: continue
                case .end:
                    stream.call.end(status: stream.status)
                    return nil
                case .failed(.cancelled):
                    stream.call.end(status: 499)
                    throw CancellationError()
                case .failed(let reason):
                    stream.call.end(status: stream.status, problem: reason.problem.kind)
                    throw reason.problem
                }
            }
        }
    }
}

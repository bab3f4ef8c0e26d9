import NIOCore
import NIOWebSocket

/// Puts messages together from their fragments (RFC 6455, section 5.4).
struct MessageAssembler {
    struct Fault: Error {
        let code: UInt16
        let reason: String
    }

    private static let mostFragments = 16_384
    private let limit: Int
    private var message: ByteBuffer?
    private var fragments = 0

    /// - Parameter limit: bytes of one message.
    init(limit: Int) { self.limit = limit }

    /// - Returns: a message when it is whole.
    mutating func take(_ frame: WebSocketFrame) throws(Fault) -> ByteBuffer? {
        switch frame.opcode {
        case .text where message == nil:
            guard frame.length <= limit else { throw Fault(code: 1009, reason: "message too large") }
            guard !frame.fin else { return frame.unmaskedData }
            message = frame.unmaskedData
            fragments = 1
            return nil
        case .continuation:
            guard message != nil else { throw Fault(code: 1002, reason: "nothing to continue") }
            fragments += 1
            guard (message?.readableBytes ?? 0) + frame.length <= limit else { throw Fault(code: 1009, reason: "message too large") }
            guard fragments <= Self.mostFragments else { throw Fault(code: 1008, reason: "too many fragments") }
            var data = frame.unmaskedData
            message?.writeBuffer(&data)
            guard frame.fin else { return nil }
            defer { message = nil }
            return message
        case .binary where message == nil: throw Fault(code: 1003, reason: "text only")
        default: throw Fault(code: 1002, reason: "unexpected frame")
        }
    }
}

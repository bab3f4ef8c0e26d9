public import NIOCore

/// One argument of a command: any bytes at all.
///
/// Large values belong in ``bytes(_:)``: a text is gathered with its neighbours before it is formatted.
public enum RedisArgument: Sendable, Equatable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    case text(String)
    case bytes(ByteBuffer)

    public init(stringLiteral value: String) { self = .text(value) }

    public init(integerLiteral value: Int) { self = .text(String(value)) }

    public static func integer(_ value: Int) -> RedisArgument { .text(String(value)) }

    /// In bytes.
    var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.readableBytes
        }
    }
}

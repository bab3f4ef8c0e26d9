public import NIOCore

/// What the server answers.
public enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int)
    /// A short word such as `OK`.
    case status(String)
    /// A value as it was stored, whatever its bytes are.
    case bulk(ByteBuffer)
    case array([RedisValue])
    /// A part of an array that failed; an answer that failed as a whole is thrown as ``RedisError/server(_:)``.
    case error(String)

    /// The text of a status or a bulk value; bytes that are no UTF-8 are replaced.
    public var string: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(buffer: bytes)
        case .null, .integer, .array, .error: nil
        }
    }
}

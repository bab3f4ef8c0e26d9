/// Why a command has no answer.
public enum RedisError: Error, Sendable, Equatable {
    /// There is no connection; nothing was sent.
    case unavailable(reason: String)
    /// The connection ended after the command was sent; it may have been done or not.
    case connectionLost(reason: String)
    /// The deadline passed; the command may have been done or not, or is still to be done.
    case timeout
    /// Too many commands wait, or too many bytes; nothing was sent.
    case overloaded
    /// The calling task was cancelled; the command may have been done or not.
    case cancelled
    /// The server's own words, such as `WRONGTYPE …`.
    case server(String)
    /// The server sent what is no answer; the connection is closed.
    case protocolViolation(String)
    /// The command cannot be sent on a connection that all callers share.
    case unsupported(String)
    /// The settings for TLS cannot be used.
    case configuration(String)
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let reason): "Redis is unavailable: \(reason)"
        case .connectionLost(let reason): "the connection to Redis ended: \(reason)"
        case .timeout: "Redis did not answer in time"
        case .overloaded: "too many commands wait for Redis"
        case .cancelled: "the command was cancelled"
        case .server(let message): "Redis answered: \(message)"
        case .protocolViolation(let reason): reason
        case .unsupported(let name): "\(name) cannot be sent on a shared connection"
        case .configuration(let reason): "Redis cannot be used: \(reason)"
        }
    }
}

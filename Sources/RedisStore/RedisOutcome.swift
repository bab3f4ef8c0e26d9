/// How a command ended, for metrics.
public enum RedisOutcome: String, Sendable, CaseIterable {
    case ok
    /// The server answered with an error, or with what is no answer, or the command cannot be sent.
    case error
    case timeout
    /// There was no connection, or it ended before the answer.
    case unavailable
    case overloaded
    case cancelled

    init(_ result: Result<RedisValue, RedisError>) {
        switch result {
        case .success: self = .ok
        case .failure(.server), .failure(.protocolViolation), .failure(.unsupported), .failure(.configuration): self = .error
        case .failure(.timeout): self = .timeout
        case .failure(.unavailable), .failure(.connectionLost): self = .unavailable
        case .failure(.overloaded): self = .overloaded
        case .failure(.cancelled): self = .cancelled
        }
    }
}

/// How a call of a store's server ended, for metrics.
public enum CallOutcome: String, Sendable, CaseIterable {
    /// With an answer, which may be that something else is there already.
    case ok
    /// The server refused, or has what it should not have.
    case error
    /// It did not answer, or is not asked just now.
    case unavailable
    case overloaded
}

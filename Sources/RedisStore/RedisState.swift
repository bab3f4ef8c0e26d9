/// Whether commands can be sent.
public enum RedisState: Sendable, Equatable {
    /// Before the first attempt to connect has ended.
    case connecting
    case ready
    /// `reason` is for people and holds no password; `since` is when the outage began, whatever its reason was then.
    case unavailable(reason: String, since: ContinuousClock.Instant)
}

/// What the site tells of itself, and to whom.
public struct Observation: Sendable {
    /// Monotonic time.
    public let now: @Sendable () -> ContinuousClock.Instant
    /// One finished request: status, method, route template, time.
    public let record: @Sendable (Int, String, String, Duration) -> Void
    /// Everything that is counted, as Prometheus reads it.
    public let render: @Sendable () -> String
    /// Lets callers of other machines read it.
    public let metricsToken: String?

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, record: @escaping @Sendable (Int, String, String, Duration) -> Void,
        render: @escaping @Sendable () -> String, metricsToken: String?
    ) {
        self.now = now
        self.record = record
        self.render = render
        self.metricsToken = metricsToken
    }
}

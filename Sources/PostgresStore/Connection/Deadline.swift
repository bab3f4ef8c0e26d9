/// A moment after which nobody waits any more.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant

    init(after limit: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        instant = now() + limit
        self.now = now
    }

    private init(_ instant: ContinuousClock.Instant, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.instant = instant
        self.now = now
    }

    /// The earlier of this one and `limit` from now.
    func within(_ limit: Duration) -> Deadline { Deadline(min(instant, now() + limit), now: now) }

    /// For `poll`; 0 once it has passed.
    var milliseconds: Int32 { Int32(clamping: max(0, (instant - now()).milliseconds)) }
}

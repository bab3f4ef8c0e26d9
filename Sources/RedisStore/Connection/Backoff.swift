import NIOCore

/// How long to wait before the next attempt to connect.
struct Backoff {
    private let shortest: Int64
    private let longest: Int64
    private let jitter: @Sendable () -> Double
    private var failures = 1

    init(limits: RedisLimits, jitter: @escaping @Sendable () -> Double) {
        shortest = max(limits.shortestBackoff.nanoseconds, 1_000_000)
        longest = max(limits.longestBackoff.nanoseconds, shortest)
        self.jitter = jitter
    }

    /// A connection has held: the next one is tried at once.
    mutating func reset() { failures = 0 }

    mutating func next(refused: Bool) -> TimeAmount {
        defer { failures += 1 }
        // Nobody corrects a password within milliseconds.
        if refused { return .nanoseconds(longest + random(longest)) }
        guard failures > 0 else { return .zero }
        let (doubled, overflow) = shortest.multipliedReportingOverflow(by: 1 << min(failures - 1, 40))
        let ceiling = overflow ? longest : min(longest, doubled)
        return .nanoseconds(shortest + random(ceiling - shortest))
    }

    private func random(_ range: Int64) -> Int64 { Int64(Double(range) * min(max(jitter(), 0), 1)) }
}

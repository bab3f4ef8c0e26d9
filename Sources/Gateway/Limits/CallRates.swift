import Synchronization

/// How often each person calls each route: a bucket of tokens that fills again within a minute.
///
/// Remembers the last ten thousand; who was forgotten begins with a full bucket.
final class CallRates: Sendable {
    private struct Key: Hashable {
        let caller: String
        let route: ObjectIdentifier
    }

    private struct Bucket {
        var tokens: Double
        var instant: ContinuousClock.Instant
    }

    private let buckets: Mutex<RecentTable<Key, Bucket>>
    private let now: @Sendable () -> ContinuousClock.Instant

    private let factor: Int

    /// - Parameter factor: how many times what the role table allows.
    init(limit: Int = 10_000, factor: Int = 1, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        buckets = Mutex(RecentTable(limit: limit))
        self.factor = factor
        self.now = now
    }

    /// - Parameters:
    ///   - route: one of ``GatewayRoutes/http``.
    ///   - now: where the caller knows what time it is.
    /// - Throws: `tooManyRequests` with the seconds until the next call may be made.
    func take(_ caller: String, _ route: GatewayRoute, at now: ContinuousClock.Instant? = nil) throws(GatewayProblem) {
        let now = now ?? self.now()
        let key = Key(caller: caller, route: ObjectIdentifier(route))
        let capacity = Double(max(route.perMinute * factor, 1))
        let missing: Double = buckets.withLock { buckets in
            buckets.change(key, from: Bucket(tokens: capacity, instant: now)) { bucket in
                let elapsed = max(0, (now - bucket.instant).seconds)
                bucket.tokens = min(capacity, bucket.tokens + elapsed * capacity / 60)
                bucket.instant = now
                let missing = 1 - bucket.tokens
                if missing <= 0 { bucket.tokens -= 1 }
                return missing
            }
        }
        guard missing > 0 else { return }
        let seconds = max(1, Int((missing * 60 / capacity).rounded(.up)))
        throw GatewayProblem(.tooManyRequests, "\(route.perMinute * factor) calls of \(route.path) a minute are allowed.", retryAfter: seconds)
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

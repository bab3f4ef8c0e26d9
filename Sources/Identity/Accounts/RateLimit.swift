public import FoundationEssentials
import Synchronization

/// A token bucket for each key: `burst` at once, then one every `interval` seconds.
///
/// Remembers at most `capacity` keys; beyond that the ones untouched the longest
/// are forgotten, so a flood of addresses costs no memory.
public final class RateLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var touched: Date
    }

    private let burst: Double
    private let interval: TimeInterval
    private let capacity: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    public init(burst: Int, interval: TimeInterval, capacity: Int = 10_000) {
        self.burst = Double(burst)
        self.interval = interval
        self.capacity = capacity
    }

    /// Takes one token; otherwise says how many seconds it is until there is one.
    public func take(_ key: String, now: Date) -> TimeInterval? {
        buckets.withLock { buckets in
            var bucket = buckets[key] ?? Bucket(tokens: burst, touched: now)
            // A clock that is set back gives nothing and takes nothing.
            bucket.tokens = min(burst, bucket.tokens + max(0, now.timeIntervalSince(bucket.touched) / interval))
            bucket.touched = now
            let wait = bucket.tokens >= 1 ? nil : interval * (1 - bucket.tokens)
            if wait == nil { bucket.tokens -= 1 }
            buckets[key] = bucket
            if buckets.count > capacity {
                let oldest = buckets.sorted { $0.value.touched < $1.value.touched }.prefix(max(1, capacity / 10))
                for (key, _) in oldest { buckets[key] = nil }
            }
            return wait
        }
    }

    /// Gives the whole burst back.
    public func reset(_ key: String) { buckets.withLock { $0[key] = nil } }
}

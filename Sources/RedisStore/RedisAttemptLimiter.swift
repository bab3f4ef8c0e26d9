public import FoundationEssentials
public import Identity

/// Attempts counted for all replicas together, in Redis, over those counted here.
///
/// Redis may drop any key and may be gone: then what this process has counted still holds.
public struct RedisAttemptLimiter: AttemptLimiter {
    private let client: RedisClient
    private let here = MemoryAttemptLimiter()

    public init(_ client: RedisClient) { self.client = client }

    public func take(_ bucket: AttemptBucket, _ key: String, at now: Date) async -> TimeInterval? {
        if let wait = await here.take(bucket, key, at: now) { return wait }
        let command = RedisCommand(
            "EVAL", .text(Self.script), "1", .text(Self.key(bucket, key)), .text("\(Int64(now.timeIntervalSince1970 * 1_000))"),
            .text("\(bucket.burst)"), .text("\(Int64(bucket.interval * 1_000))"))
        // Without an answer, what is counted here is all that is known.
        guard case .integer(let milliseconds) = try? await client.send(command), milliseconds > 0 else { return nil }
        return Double(milliseconds) / 1_000
    }

    public func reset(_ bucket: AttemptBucket, _ key: String) async {
        await here.reset(bucket, key)
        // Left there, the bucket fills by itself.
        _ = try? await client.send(RedisCommand("DEL", .text(Self.key(bucket, key))))
    }

    private static func key(_ bucket: AttemptBucket, _ key: String) -> String { "landing:attempts:\(bucket.rawValue):\(key)" }

    /// A token bucket in two fields, atomic; answers the milliseconds until there is a token, or 0. Clocks of replicas
    /// may differ: one that is ahead must not keep people out at the others.
    private static let script = """
        local now, burst, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens, at = tonumber(known[1]) or burst, tonumber(known[2]) or now
        tokens = math.min(burst, tokens + math.max(0, now - at) / interval)
        local wait = 0
        if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) * interval) end
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
        redis.call('PEXPIRE', KEYS[1], burst * interval + 1000)
        return wait
        """
}

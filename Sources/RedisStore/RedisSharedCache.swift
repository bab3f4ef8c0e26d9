public import NIOCore
public import PageCache

/// The pages that replicas share, in Redis under keys that a server may drop at any time.
public struct RedisSharedCache: SharedCache {
    private let client: RedisClient

    public init(_ client: RedisClient) { self.client = client }

    public func value(for key: String) async throws -> ByteBuffer? {
        guard case .bulk(let bytes) = try await client.send(RedisCommand("GET", .text(key))) else { return nil }
        return bytes
    }

    public func store(_ value: ByteBuffer, for key: String, lifetime: Duration) async throws {
        _ = try await client.send(RedisCommand("SET", .text(key), .bytes(value), "PX", .text(Self.milliseconds(lifetime))))
    }

    public func claim(_ key: String, lifetime: Duration) async throws -> Bool {
        let answer = try await client.send(RedisCommand("SET", .text(key), "1", "NX", "PX", .text(Self.milliseconds(lifetime))))
        if case .null = answer { return false }
        return true
    }

    public func release(_ key: String) async throws { _ = try await client.send(RedisCommand("DEL", .text(key))) }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }
}

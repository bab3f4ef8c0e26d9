public import NIOCore

/// What several processes know together. Anything in it may vanish at any time.
///
/// Every call may throw; the cache in memory does without it then.
public protocol SharedCache: Sendable {
    func value(for key: String) async throws -> ByteBuffer?

    func store(_ value: ByteBuffer, for key: String, lifetime: Duration) async throws

    /// Whether this process is the first to ask for `key` within `lifetime`.
    func claim(_ key: String, lifetime: Duration) async throws -> Bool

    /// Gives a claim up before its time.
    func release(_ key: String) async throws
}

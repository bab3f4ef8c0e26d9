public import Site

/// What is served at which address now.
public struct ResponseTable: Sendable {
    /// An address whose answer is made when it is first asked for.
    public struct Entry: Sendable {
        public var digest: Digest
        public var lifetime: Lifetime?

        public init(digest: Digest, lifetime: Lifetime? = nil) {
            self.digest = digest
            self.lifetime = lifetime
        }
    }

    public var entries: [String: Entry]
    /// Answers to entries that were made beforehand.
    public var ready: [String: PreparedResponse] = [:]
    /// Answers that are always ready: files.
    public var pinned: [String: PreparedResponse]

    public init(entries: [String: Entry] = [:], pinned: [String: PreparedResponse] = [:]) {
        self.entries = entries
        self.pinned = pinned
    }
}

import JSON

/// Answers that serve others who ask the same, for a while. Of too many, those that have been kept longest go.
struct KeptAnswers {
    private struct Entry {
        let value: JSONValue
        let size: Int
        let at: ContinuousClock.Instant
        let order: Int
    }

    private let limit: Int
    private let sizeLimit: Int
    private var entries: [String: Entry] = [:]
    private var count = 0
    private(set) var size = 0

    /// - Parameters:
    ///   - limit: of answers.
    ///   - sizeLimit: of all their texts, in bytes.
    init(limit: Int = 256, sizeLimit: Int = 8 << 20) {
        self.limit = limit
        self.sizeLimit = sizeLimit
    }

    /// - Parameter life: how old it may be.
    func value(for key: String, at now: ContinuousClock.Instant, within life: Duration) -> JSONValue? {
        guard let entry = entries[key], now - entry.at < life else { return nil }
        return entry.value
    }

    mutating func keep(_ value: JSONValue, size: Int, for key: String, at now: ContinuousClock.Instant) {
        remove(key)
        let size = size + key.utf8.count
        guard size <= sizeLimit else { return }
        count += 1
        entries[key] = Entry(value: value, size: size, at: now, order: count)
        self.size += size
        while entries.count > limit || self.size > sizeLimit, let oldest = entries.min(by: { $0.value.order < $1.value.order }) {
            remove(oldest.key)
        }
    }

    /// Forgets everything whose key begins so.
    mutating func removeAll(beginningWith prefix: String) {
        for key in entries.keys.filter({ $0.hasPrefix(prefix) }) { remove(key) }
    }

    private mutating func remove(_ key: String) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        size -= entry.size
    }
}

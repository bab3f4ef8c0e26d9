import NIOCore
import NIOHTTP1
import Synchronization

/// How many connections are open.
public final class ConnectionCount: Sendable {
    private let count = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)

    public init() {}

    public var current: Int { count.load(ordering: .relaxed) }

    /// The most that were open at once since this was asked last.
    public func takePeak() -> Int { peak.exchange(current, ordering: .relaxed) }

    /// Counts one more, unless there are `limit` already.
    func open(limit: Int) -> Bool {
        let now = count.add(1, ordering: .relaxed).newValue
        guard now <= limit else {
            count.subtract(1, ordering: .relaxed)
            return false
        }
        peak.max(now, ordering: .relaxed)
        return true
    }

    func close() { count.subtract(1, ordering: .relaxed) }
}

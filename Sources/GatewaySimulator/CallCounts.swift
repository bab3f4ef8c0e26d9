import Synchronization

/// How often each method was called.
final class CallCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ method: String) { counts.withLock { $0[method, default: 0] += 1 } }

    func count(_ method: String) -> Int { counts.withLock { $0[method] ?? 0 } }
}

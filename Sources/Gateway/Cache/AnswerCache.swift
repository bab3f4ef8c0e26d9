import NIOCore
import Synchronization

/// Answers of the gateway, kept as RFC 9111 allows, for each role apart; within this process, and with others where there is
/// a shared cache.
///
/// A call that changes something is known only to the process it went through: others may give what they share for as long
/// as ``sharedLife`` after it.
final class AnswerCache: Sendable {
    struct Key: Hashable, Sendable {
        let role: GatewayRole
        let path: String
        let query: String
        let accept: String
    }

    /// What is known of a key.
    enum Found: Sendable {
        case nothing
        case fresh(StoredAnswer, age: Int)
        case stale(StoredAnswer)
    }

    static let limit = 4 << 20
    static let largest = 256 << 10
    /// Seconds that others may give an answer after it was changed here.
    static let sharedLife = 15

    private struct Entry {
        var answer: StoredAnswer
        let instant: ContinuousClock.Instant
    }

    private struct State {
        var table = RecentTable<Key, Entry>(limit: AnswerCache.limit)
        /// When the gateway last gave an answer that nobody may keep.
        var unkept = RecentTable<Key, ContinuousClock.Instant>(limit: 1_000)
        var generation = 0
    }

    private let state = Mutex(State())
    // For looks without the lock: the generation, and how many answers are in the table.
    private let currentGeneration = Atomic(0)
    private let kept = Atomic(0)
    private let shared: (any GatewaySharedCache)?
    private let now: @Sendable () -> ContinuousClock.Instant

    init(shared: (any GatewaySharedCache)?, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.shared = shared
        self.now = now
    }

    /// Changes with each ``flush()``; what was asked for before is not to be kept after.
    var generation: Int { currentGeneration.load(ordering: .relaxed) }

    func find(_ key: Key) async -> Found {
        let now = now()
        let (own, generation): (Found, Int) = state.withLock { state in
            guard let entry = state.table.value(for: key) else { return (.nothing, state.generation) }
            let age = entry.answer.freshness.age + Int((now - entry.instant) / .seconds(1))
            let isFresh = age < entry.answer.freshness.lifetime
            return (isFresh ? .fresh(entry.answer, age: age) : .stale(entry.answer), state.generation)
        }
        if case .fresh = own { return own }
        guard let shared else { return own }
        let name = Self.name(key, generation)
        guard let bytes = await shared.bytes(for: name), let answer = StoredAnswer(decoding: bytes, key: name) else { return own }
        // Nobody says how long it has been there: as long as it may, at most. So it is not kept here either.
        return .fresh(answer, age: answer.freshness.age + min(Self.sharedLife, answer.freshness.lifetime - answer.freshness.age))
    }

    /// Whether there is certainly nothing: not here, nor with others, since the gateway gave nothing to keep of late.
    func hasNothing(for key: @autoclosure () -> Key) -> Bool {
        // As nearly always: the gateway lets hardly anything be kept.
        if shared == nil, kept.load(ordering: .relaxed) == 0 { return true }
        let key = key()
        let now = now()
        return state.withLock { state in
            guard state.table.value(for: key) == nil else { return false }
            return shared == nil || state.unkept.value(for: key).map { now - $0 < .seconds(Self.sharedLife) } ?? false
        }
    }

    /// The gateway has given an answer that nobody may keep.
    func noteUnkept(_ key: @autoclosure () -> Key) {
        guard shared != nil else { return }
        let (now, key) = (now(), key())
        state.withLock { $0.unkept.set(now, for: key) }
    }

    /// - Parameter generation: the one in which the gateway was asked.
    /// - Returns: whether it is kept.
    func store(_ answer: StoredAnswer, for key: Key, generation: Int) async -> Bool {
        guard answer.body.readableBytes <= Self.largest else { return false }
        let now = now()
        let isKept = state.withLock { state in
            guard state.generation == generation else { return false }
            state.table.set(Entry(answer: answer, instant: now), for: key, cost: answer.cost + key.path.utf8.count + key.query.utf8.count)
            kept.store(state.table.count, ordering: .relaxed)
            return true
        }
        guard isKept, let shared else { return isKept }
        let name = Self.name(key, generation)
        await shared.store(
            answer.encoded(key: name), for: name, seconds: min(Self.sharedLife, answer.freshness.lifetime - answer.freshness.age))
        return true
    }

    func remove(_ key: Key) { change { $0.table.remove(key) } }

    /// Forgets what a call has changed: all that is kept of a path, or everything.
    func invalidate(path: String) {
        change { state in
            state.generation += 1
            state.table.removeAll { $0.path == path }
        }
    }

    func flush() {
        change { state in
            state.generation += 1
            state.table.removeAll()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            currentGeneration.store(state.generation, ordering: .relaxed)
            kept.store(state.table.count, ordering: .relaxed)
        }
    }

    private static func name(_ key: Key, _ generation: Int) -> String {
        "gateway:1:\(generation):\(key.role):\(key.path)?\(key.query)#\(key.accept)"
    }
}

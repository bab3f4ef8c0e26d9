import Site
import Synchronization

/// The place of one address's answer, as it is made from one digest.
final class Slot: Sendable {
    struct State {
        var prepared: PreparedResponse?
        var storedAt: ContinuousClock.Instant?
        /// How it was come by; `nil` where it was made ahead.
        var origin: CacheStatus?
        /// Why it is not there, while it is not.
        var absence = CacheStanding.Absence.notAskedFor
        /// Whoever comes while it is made waits for the same.
        var making: Task<PageCache.Made, any Error>?
    }

    let address: String
    let digest: Digest?
    let lifetime: Lifetime?
    let isPinned: Bool
    let state: Mutex<State>
    /// The number of the last filling before it was asked for; orders slots by use.
    let lastUse: Atomic<Int>

    init(address: String, digest: Digest?, lifetime: Lifetime?, pinned: PreparedResponse?, use: Int, absence: CacheStanding.Absence = .notAskedFor) {
        self.address = address
        self.digest = digest
        self.lifetime = lifetime
        isPinned = pinned != nil
        state = Mutex(State(prepared: pinned, absence: absence))
        lastUse = Atomic(use)
    }

    func touch(_ use: Int) {
        // Most requests find it said already, and do not take the cache line from another core.
        if lastUse.load(ordering: .relaxed) != use { lastUse.store(use, ordering: .relaxed) }
    }
}

import Content
import Foundation
import Logging
import RedisStore
import Site
import Synchronization

/// Keeps to the generation that was applied last: here, as the store knows, or beside another
/// replica, as Redis tells. Reads and writes files, so it has a thread of its own.
actor GenerationFollower {
    /// What is served now, for other threads.
    final class Status: Sendable {
        fileprivate let state = Mutex<(generation: GenerationID?, words: String)>((nil, ""))

        var generation: GenerationID? { state.withLock { $0.generation } }

        /// For operators.
        var words: String { state.withLock { $0.words } }
    }

    nonisolated let status = Status()
    private let store: GenerationStore
    private let files: SiteFiles
    private let redis: RedisClient?
    private let now: @Sendable () -> Date
    private let logger: Logger
    /// What was given out to be served.
    private var given: GenerationID?
    private var isPublished = false
    /// The announced generation that is not to be had here, and when the files are looked at again.
    private var missing: (generation: GenerationID, lookAgain: Date)?
    private let executor = QueueExecutor(label: "landing.generations")

    /// Reading all files is work; whoever copies them takes a moment too.
    private static let secondsBetweenLooks = 10.0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter files: as they are worked on.
    init(store: GenerationStore, files: SiteFiles, redis: RedisClient?, now: @escaping @Sendable () -> Date, logger: Logger) {
        self.store = store
        self.files = files
        self.redis = redis
        self.now = now
        self.logger = logger
    }

    /// What is to be served first: the current generation, or, where nothing was ever applied, the files as they are.
    func begin() throws -> SiteFiles {
        if let current = store.current {
            defer { isServed() }
            return give(current.generation)
        }
        let generation = try store.keep(files)
        // Whatever was applied elsewhere is newer than that.
        try store.appoint(generation, since: 0)
        logger.notice("Nothing was applied yet: the files as they are now became generation \(generation.short)")
        defer { isServed() }
        return give(generation)
    }

    /// The files to serve from now on; `nil` where it is those that are served.
    func follow() async -> SiteFiles? {
        let announced: Appointment?
        do throws(RedisError) {
            announced = if let redis { try await Self.announced(redis) } else { nil }
        } catch {
            // Not known is not nothing: every server keeps to what it has.
            return followStore()
        }
        do {
            if let announced, announced.since > store.current?.since ?? 0 { try take(announced) }
            if let redis, let current = store.current, announced.map({ $0.since < current.since }) ?? true {
                // It is said again as long as Redis does not know it.
                try? await Self.announce(current, redis)
            }
            return followStore()
        } catch {
            say("generation \(given?.short ?? "none"); what was applied cannot be taken over: \(error)")
            return nil
        }
    }

    private func followStore() -> SiteFiles? {
        guard let current = store.current else { return nil }
        guard current.generation != given else {
            if missing == nil, isPublished { isServed() }
            return nil
        }
        return give(current.generation)
    }

    /// Says that visitors get what ``follow()`` gave last.
    func isServed() {
        guard let given else { return }
        isPublished = true
        let isNew = status.state.withLock { state in
            defer { state = (given, "generation \(given.short)") }
            return state.generation != given
        }
        if isNew { logger.notice("Generation \(given.short) is served") }
    }

    private func give(_ generation: GenerationID) -> SiteFiles {
        given = generation
        isPublished = false
        return store.files(of: generation)
    }

    /// Makes the announced generation the current one, if it is held or the files are it.
    private func take(_ announced: Appointment) throws(GenerationStore.Failure) {
        if !store.holds(announced.generation) {
            if let missing, missing.generation == announced.generation, missing.lookAgain > now() { return }
            let found = try store.identify(files)
            guard found == announced.generation else {
                missing = (announced.generation, now().addingTimeInterval(Self.secondsBetweenLooks))
                return say(
                    "generation \(given?.short ?? "none"); generation \(announced.generation.short) was applied elsewhere, and the files here are \(found.short): bring them up to date"
                )
            }
            _ = try store.keep(files)
        }
        missing = nil
        try store.appoint(announced.generation, since: announced.since, isReturn: true)
    }

    private func say(_ words: String) {
        let isNew = status.state.withLock { state in
            defer { state.words = words }
            return state.words != words
        }
        if isNew { logger.warning("\(words)") }
    }

    // MARK: Redis

    /// What was applied last, as far as Redis knows.
    static func announced(_ redis: RedisClient) async throws(RedisError) -> Appointment? {
        try await redis.send(RedisCommand("GET", .text(key))).string.flatMap { Appointment($0) }
    }

    /// Tells all replicas what is to be served, unless Redis knows something later; they hear of it within a second or two.
    static func announce(_ appointment: Appointment, _ redis: RedisClient) async throws(RedisError) {
        _ = try await redis.send(
            RedisCommand("EVAL", .text(setIfLater), .text("1"), .text(key), .text(appointment.description), .text("\(appointment.since)")))
    }

    private static let key = "landing:generation"

    private static let setIfLater = """
        local known = redis.call('GET', KEYS[1])
        local since = known and tonumber(string.match(known, ' (%S+)$'))
        if since and since > tonumber(ARGV[2]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1])
        return 1
        """
}

public import ContentCoding
public import Site
import Synchronization

/// Prepared responses in memory, over a cache that processes share.
///
/// An address has one digest at a time; what was made from another is never
/// served. Bounded in bytes, the least recently used go first. Any thread.
public final class PageCache: Sendable {
    public struct Configuration: Sendable {
        /// Memory for responses that are made on demand; default 64 MiB. With 0 nothing is kept.
        public var capacity = 64 << 20
        /// Tells programs apart that would make different bytes from the same digest.
        public var build = ""
        /// What every answer of the site carries.
        public var commonFields: [(String, String)] = []
        /// How long the shared cache keeps an answer that nobody asks for; default a week.
        public var sharedLifetime = Duration.seconds(7 * 86_400)
        /// How long one process may take to make an answer before another makes it too; default 3 s.
        public var claimLifetime = Duration.seconds(3)

        public init() {}
    }

    /// What happens around the cache, for logs and metrics.
    public enum Event: Sendable, Equatable {
        case answered(CacheStatus)
        /// An answer was made from its sources, not taken from anywhere.
        case made
        case evicted(bytes: Int)
        case sharedCacheFailed(String)
    }

    /// An answer, and where it was come by.
    struct Made: Sendable {
        let response: PreparedResponse
        let status: CacheStatus
    }

    private let configuration: Configuration
    private let shared: (any SharedCache)?
    private let now: @Sendable () -> ContinuousClock.Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let hash: DigestFunction
    private let onEvent: @Sendable (Event) -> Void
    private let slots = Mutex<[String: Slot]>([:])
    /// Rises with each answer that is stored.
    private let use = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)

    public init(
        _ configuration: Configuration, shared: (any SharedCache)? = nil, hash: DigestFunction,
        now: @escaping @Sendable () -> ContinuousClock.Instant, sleep: @escaping @Sendable (Duration) async throws -> Void,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.shared = shared
        self.hash = hash
        self.now = now
        self.sleep = sleep
        self.onEvent = onEvent
    }

    public var capacity: Int { configuration.capacity }

    /// Bytes of the answers that are kept and may be dropped.
    public var size: Int { bytes.load(ordering: .relaxed) }

    // MARK: What is served

    /// Serves what `table` says from now on. An answer whose address and digest stay is kept.
    public func publish(_ table: ResponseTable) {
        let use = use.load(ordering: .relaxed)
        let old = slots.withLock { $0 }
        var new: [String: Slot] = [:]
        new.reserveCapacity(table.entries.count + table.pinned.count)
        for (address, entry) in table.entries {
            if let known = old[address], known.digest == entry.digest, known.lifetime == entry.lifetime {
                new[address] = known
            } else {
                let absence: CacheStanding.Absence = old[address].map { $0.digest != entry.digest } == true ? .changed : .notAskedFor
                new[address] = Slot(address: address, digest: entry.digest, lifetime: entry.lifetime, pinned: nil, use: use, absence: absence)
            }
        }
        for (address, response) in table.ready { if let slot = new[address] { put(response, in: slot) } }
        for (address, response) in table.pinned where new[address] == nil {
            new[address] = Slot(address: address, digest: nil, lifetime: nil, pinned: response, use: use)
        }
        slots.withLock { $0 = new }
        for (address, slot) in old where new[address] !== slot { drop(slot) }
        if size > configuration.capacity { evict() }
    }

    /// Makes an answer for a table that is not published yet.
    public func prepare(
        _ address: String, digest: Digest, make: @escaping @Sendable () async throws -> ResponseContent
    ) async throws -> PreparedResponse {
        try await made(Slot(address: address, digest: digest, lifetime: nil, pinned: nil, use: 0), make).response
    }

    /// The answer at `address` if it is ready and within its time. For event loops: no waiting, no allocation.
    public func ready(at address: String) -> PreparedResponse? {
        guard let slot = slots.withLock({ $0[address] }) else { return nil }
        let (response, storedAt) = slot.state.withLock { ($0.prepared, $0.storedAt) }
        guard let response else { return nil }
        if let lifetime = slot.lifetime, let storedAt, now() - storedAt > lifetime.fresh { return nil }
        slot.touch(use.load(ordering: .relaxed))
        return response
    }

    /// Addresses whose answers are ready, of those that are made on demand.
    public func warmAddresses() -> [String] {
        slots.withLock { Array($0.values) }.filter { !$0.isPinned && $0.state.withLock { $0.prepared != nil } }.map(\.address)
    }

    /// How `address` stands; `nil` for one that is not served.
    public func standing(of address: String) -> CacheStanding? {
        guard let slot = slots.withLock({ $0[address] }) else { return nil }
        if slot.isPinned { return .pinned }
        let moment = now()
        return slot.state.withLock { state in
            guard state.prepared != nil, let storedAt = state.storedAt else { return .absent(state.absence) }
            return .ready(moment - storedAt, origin: state.origin)
        }
    }

    /// The tag of what is served at an address, where a client has that: known without making the answer.
    ///
    /// - Parameters:
    ///   - content: what is said of the answer; without its body.
    ///   - digest: what the answer is made from.
    ///   - field: `If-None-Match`, as it came.
    /// - Returns: `nil` where the client has something else, or where only the body tells.
    public func unchangedTag(
        _ content: ResponseContent, at address: String, digest: Digest, ifNoneMatch field: String, _ accepted: AcceptedCodings
    ) -> String? {
        // `*` is had by who has anything, also what no coding makes smaller.
        guard !field.utf8.contains(UInt8(ascii: "*")), slots.withLock({ $0[address] })?.lifetime == nil,
            ContentCoding.isWorthwhile(content.contentType),
            // A body that it makes no smaller has another tag, which no client has with this coding.
            let coding = accepted.best(of: { _ in true })
        else { return nil }
        let entityTag = EntityTag.of(tag(digest), in: coding)
        guard EntityTag.matches(field, entityTag) else { return nil }
        onEvent(.answered(.hit))
        return entityTag
    }

    /// The answer at `address`, made by `make` where it is not ready.
    ///
    /// However many ask at once, one makes it, in this process and, through the
    /// shared cache, in all of them. A caller that goes away leaves the work to the others.
    ///
    /// - Parameters:
    ///   - digest: what `make` works from; where the table has another by now, the answer is not kept.
    ///   - mayStore: whether this request may fill the cache (``CachePolicy/mayShare(_:_:)``).
    public func response(
        at address: String, digest: Digest, mayStore: Bool, make: @escaping @Sendable () async throws -> ResponseContent
    ) async throws -> (PreparedResponse, CacheStatus) {
        let slot = slots.withLock { $0[address] }
        let answer =
            if let slot, slot.digest == digest {
                try await self.answer(slot, mayStore: mayStore, make)
            } else {
                // The table has moved on since the caller looked: right for the caller, and for nobody after it.
                try await self.answer(
                    Slot(address: address, digest: digest, lifetime: nil, pinned: nil, use: 0), mayStore: false, make)
            }
        onEvent(.answered(answer.1))
        return answer
    }

    private func answer(
        _ slot: Slot, mayStore: Bool, _ make: @escaping @Sendable () async throws -> ResponseContent
    ) async throws -> (PreparedResponse, CacheStatus) {
        let (known, storedAt) = slot.state.withLock { ($0.prepared, $0.storedAt) }
        slot.touch(use.load(ordering: .relaxed))
        guard let known else {
            guard mayStore, configuration.capacity > 0 else {
                let content = try await makeNow(make)
                return (
                    PreparedResponse(forOnce: content, tag: tag(of: content, slot), commonFields: configuration.commonFields),
                    .miss(isStored: false)
                )
            }
            guard let making = making(slot, instead: nil, make) else { return try await answer(slot, mayStore: mayStore, make) }
            let made = try await making.value
            return (made.response, made.status)
        }
        guard let lifetime = slot.lifetime, let storedAt else { return (known, .hit) }
        let stage = lifetime.stage(at: now() - storedAt)
        switch stage {
        case .fresh: return (known, .hit)
        case .revalidating:
            _ = making(slot, instead: known, make)
            return (known, .stale)
        case .onErrorOnly, .gone:
            guard let making = making(slot, instead: known, make) else { return try await answer(slot, mayStore: mayStore, make) }
            do {
                let made = try await making.value
                return (made.response, made.status)
            } catch  where stage == .onErrorOnly {
                return (known, .staleOnError)
            }
        }
    }

    // MARK: Making

    /// The one piece of work that makes the slot's answer: the one that runs, or a new one; `nil` where it has been made
    /// since the caller looked.
    ///
    /// - Parameter known: what the caller found.
    private func making(
        _ slot: Slot, instead known: PreparedResponse?, _ make: @escaping @Sendable () async throws -> ResponseContent
    ) -> Task<Made, any Error>? {
        slot.state.withLock { state in
            if let running = state.making { return running }
            guard state.prepared === known else { return nil }
            let task = Task {
                do {
                    let made = try await self.made(slot, make)
                    self.keep(made, in: slot)
                    return made
                } catch {
                    slot.state.withLock { $0.making = nil }
                    throw error
                }
            }
            state.making = task
            return task
        }
    }

    private func made(_ slot: Slot, _ make: @Sendable () async throws -> ResponseContent) async throws -> Made {
        guard let shared, let digest = slot.digest, slot.lifetime == nil else {
            return Made(response: prepare(try await makeNow(make), slot), status: .miss(isStored: true))
        }
        let key = key(slot.address, digest)
        var isClaimed = false
        do {
            if let record = try await record(shared, key) { return Made(response: prepare(record, slot), status: .sharedHit) }
            isClaimed = try await shared.claim("\(key):making", lifetime: configuration.claimLifetime)
            let end = now() + configuration.claimLifetime
            while !isClaimed, now() < end {
                try await sleep(.milliseconds(10))
                if let record = try await record(shared, key) { return Made(response: prepare(record, slot), status: .sharedHit) }
                // Whoever had it may have given it up.
                isClaimed = try await shared.claim("\(key):making", lifetime: configuration.claimLifetime)
            }
            // Between the look and the claim another may have finished.
            if let record = try await record(shared, key) {
                if isClaimed { try await shared.release("\(key):making") }
                return Made(response: prepare(record, slot), status: .sharedHit)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            onEvent(.sharedCacheFailed("\(error)"))
        }
        do {
            let record = encoded(try await makeNow(make))
            do {
                try await shared.store(record.bytes, for: key, lifetime: configuration.sharedLifetime)
                if isClaimed { try await shared.release("\(key):making") }
            } catch {
                onEvent(.sharedCacheFailed("\(error)"))
            }
            return Made(response: prepare(record, slot), status: .miss(isStored: true))
        } catch {
            // Kept, it would only make the others wait; the error is what counts here.
            if isClaimed { try? await shared.release("\(key):making") }
            throw error
        }
    }

    private func makeNow(_ make: @Sendable () async throws -> ResponseContent) async throws -> ResponseContent {
        let content = try await make()
        onEvent(.made)
        return content
    }

    private func record(_ shared: any SharedCache, _ key: String) async throws -> ContentRecord? {
        try await shared.value(for: key).flatMap { ContentRecord($0) }
    }

    /// `landing:page:{path}:{digest}`
    private func key(_ address: String, _ digest: Digest) -> String { "landing:page:\(address):\(tag(digest))" }

    private func tag(_ digest: Digest) -> String {
        var input = DigestInput("response")
        input.add(configuration.build)
        input.add(digest)
        return hash(input).short
    }

    private func encoded(_ content: ResponseContent) -> ContentRecord {
        guard ContentCoding.isWorthwhile(content.contentType) else { return ContentRecord(content: content, encoded: [:]) }
        // One effort for every process and every way of publishing: an entity tag stands for the same bytes everywhere.
        let encoded = ContentCoding.allCases.reduce(into: [:]) { $0[$1] = $1.encode(content.body, effort: .quick) }
        return ContentRecord(content: content, encoded: encoded)
    }

    private func prepare(_ content: ResponseContent, _ slot: Slot) -> PreparedResponse { prepare(encoded(content), slot) }

    private func prepare(_ record: ContentRecord, _ slot: Slot) -> PreparedResponse {
        PreparedResponse(
            record.content, tag: tag(of: record.content, slot), commonFields: configuration.commonFields, encoded: record.encoded)
    }

    private func tag(of content: ResponseContent, _ slot: Slot) -> String {
        var tag = slot.digest.map(tag) ?? ""
        // Two answers with live parts have one digest and different bytes.
        if slot.lifetime != nil { tag += hash(content.body).short }
        return tag
    }

    // MARK: Keeping

    private func keep(_ made: Made, in slot: Slot) {
        put(made.response, in: slot, origin: made.status)
        // The table may have changed meanwhile: a slot that nobody finds is no use.
        if slots.withLock({ $0[slot.address] !== slot }) { return drop(slot) }
        if size > configuration.capacity { evict() }
    }

    private func put(_ response: PreparedResponse, in slot: Slot, origin: CacheStatus? = nil) {
        let moment = now()
        let old = slot.state.withLock { state in
            let old = state.prepared
            state.prepared = response
            state.storedAt = moment
            state.origin = origin
            state.making = nil
            return old
        }
        slot.touch(use.add(1, ordering: .relaxed).newValue)
        bytes.add(response.size - (old?.size ?? 0), ordering: .relaxed)
    }

    private func drop(_ slot: Slot) {
        guard !slot.isPinned else { return }
        let gone = slot.state.withLock { state in
            let gone = state.prepared
            state.prepared = nil
            state.storedAt = nil
            // What was not there did not make room.
            if gone != nil { state.absence = .evicted }
            return gone
        }
        if let gone { bytes.subtract(gone.size, ordering: .relaxed) }
    }

    /// Drops the least recently used until a tenth is free, so that not every answer pays for it.
    private func evict() {
        let before = bytes.load(ordering: .relaxed)
        let candidates = slots.withLock { Array($0.values) }.filter { !$0.isPinned }
            .map { ($0, $0.lastUse.load(ordering: .relaxed)) }.sorted { $0.1 < $1.1 }
        for (slot, _) in candidates {
            guard bytes.load(ordering: .relaxed) > configuration.capacity / 10 * 9 else { break }
            drop(slot)
        }
        onEvent(.evicted(bytes: before - bytes.load(ordering: .relaxed)))
    }
}

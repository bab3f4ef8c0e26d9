public import BlockingCalls
import Site
import Synchronization

/// The connections to one database, and its tables.
///
/// Connections are made when they are needed, and again when they are gone. What cannot be done is told by
/// `StoreUnavailable` of the domain: at once while the server is known not to answer.
public final class PostgresDatabase: Sendable {
    private let attempts: [[String: String]]
    private let limits: PostgresLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onCall: @Sendable (CallOutcome) -> Void
    private let calls: BlockingCalls
    /// Those no call uses. The one used last is used next, so the others may rest.
    private let free: Mutex<[ConnectionSlot]>
    private let circuit: Mutex<CircuitBreak>
    private let isPrepared = Atomic(false)
    private let isClosed = Atomic(false)

    /// Connects to nothing yet.
    ///
    /// - Parameter onCall: hears how each call ended; must not block.
    public init(
        uri: PostgresURI, limits: PostgresLimits = PostgresLimits(), now: @escaping @Sendable () -> ContinuousClock.Instant,
        onCall: @escaping @Sendable (CallOutcome) -> Void = { _ in }
    ) {
        let connections = max(1, limits.connections)
        attempts = ConnectionOptions.attempts(uri, limits)
        self.limits = limits
        self.now = now
        self.onCall = onCall
        calls = BlockingCalls(name: "postgres", threads: connections, line: limits.line, wait: limits.wait, now: now)
        free = Mutex((0..<connections).map { _ in ConnectionSlot() })
        circuit = Mutex(CircuitBreak(shortest: limits.shortestBreak, longest: limits.longestBreak))
    }

    /// Brings the tables up to date. Done by the first call otherwise; many processes may do it at once.
    ///
    /// - Throws: ``NewerDatabase``; `StoreUnavailable` where the server does not answer or does not let us.
    public func prepare() async throws { _ = try await query("SELECT 1", isPreparing: true) }

    /// Whether the server answers.
    public func check() async throws { _ = try await query("SELECT 1") }

    /// Why the server is not asked at the moment; `nil` while it is.
    public var outage: CircuitBreak.Outage? { circuit.withLock { $0.outage } }

    /// How many calls are running and waiting.
    public var load: Int { calls.load }

    /// Closes the connections that are free, and the others when they are. Every later call fails.
    public func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        let slots = free.withLock { slots in
            defer { slots = [] }
            return slots
        }
        for slot in slots {
            slot.close()
            give(slot)
        }
    }

    /// One statement in a transaction of its own.
    ///
    /// - Throws: ``ConstraintViolation``, `StoreUnavailable`, `CancellationError`; ``NewerDatabase`` only where it `isPreparing`.
    func query(_ sql: String, _ parameters: [PostgresValue] = [], isPreparing: Bool = false) async throws -> PostgresAnswer {
        do {
            if let reason = refusal() { throw PostgresFailure(.unreachable, reason) }
            let answer = try await calls.run { [self] in try perform(sql, parameters) }
            onCall(.ok)
            return answer
        } catch let error as BlockingCalls.Busy {
            onCall(.overloaded)
            throw Self.unavailable("\(error)")
        } catch let failure as PostgresFailure {
            let violation = ConstraintViolation(failure)
            onCall(violation != nil ? .ok : failure.speaksOfServer ? .unavailable : .error)
            if let violation { throw violation }
            if case .newerDatabase(let problem) = failure.kind, isPreparing { throw problem }
            throw Self.unavailable(failure.reason)
        }
    }

    /// What `read` makes of each row.
    func rows<Value>(
        _ sql: String, _ parameters: [PostgresValue] = [], _ read: (inout PostgresRow) throws(PostgresFailure) -> Value
    ) async throws -> [Value] {
        try await query(sql, parameters).rows.map { row in
            var row = row
            do throws(PostgresFailure) { return try read(&row) } catch { throw Self.unavailable(error.reason) }
        }
    }

    /// In portions, so that none of them takes too long.
    ///
    /// - Parameter sql: removes as many rows as its last parameter says.
    func removeAll(_ sql: String, _ parameters: [PostgresValue]) async throws -> Int {
        var removed = 0
        while true {
            let count = try await query(sql, parameters + [.integer(Int64(Self.portion))]).count
            removed += count
            if count < Self.portion { return removed }
        }
    }

    private static let portion = 5_000

    private static func unavailable(_ reason: String) -> StoreUnavailable { StoreUnavailable(store: "PostgreSQL", reason: reason) }

    private func refusal() -> String? {
        if isClosed.load(ordering: .sequentiallyConsistent) { return "it is closed" }
        return circuit.withLock { $0.refusal(at: now()) }
    }

    /// On a thread of its own.
    private func perform(_ sql: String, _ parameters: [PostgresValue]) throws(PostgresFailure) -> PostgresAnswer {
        let turn = try circuit.withLock { circuit throws(PostgresFailure) in
            guard let turn = circuit.begin(at: now()) else { throw PostgresFailure(.unreachable, circuit.outage?.reason ?? "") }
            return turn
        }
        guard let slot = free.withLock({ $0.popLast() }) else {
            circuit.withLock { $0.fail(turn, at: now(), reason: "it is closed") }
            throw PostgresFailure(.unreachable, "it is closed")
        }
        defer { give(slot) }
        let deadline = Deadline(after: limits.call, now: now)
        do throws(PostgresFailure) {
            let answer = try perform(sql, parameters, in: slot, until: deadline)
            circuit.withLock { $0.succeed(turn, at: now()) }
            return answer
        } catch {
            circuit.withLock { circuit in
                if error.speaksOfServer {
                    circuit.fail(turn, at: now(), reason: error.reason, isCertain: error.isCertain)
                } else {
                    circuit.succeed(turn, at: now())
                }
            }
            // What comes back may have other data, or none.
            if error.speaksOfServer { isPrepared.store(false, ordering: .releasing) }
            throw error
        }
    }

    private func perform(
        _ sql: String, _ parameters: [PostgresValue], in slot: ConnectionSlot, until deadline: Deadline
    ) throws(PostgresFailure) -> PostgresAnswer {
        var deadline = deadline
        func once() throws(PostgresFailure) -> PostgresAnswer {
            try slot.use(open: { () throws(PostgresFailure) in try open(until: &deadline) }) { connection throws(PostgresFailure) in
                try connection.execute(sql, parameters, until: deadline)
            }
        }
        do throws(PostgresFailure) {
            return try once()
        } catch {
            guard error.mayRepeat else { throw error }
            if error.saysNothingIsThere { isPrepared.store(false, ordering: .releasing) }
            return try once()
        }
    }

    /// Bringing the tables up to date may take longer; then what is to be done has its time from there.
    private func open(until deadline: inout Deadline) throws(PostgresFailure) -> PostgresConnection {
        var connection = try PostgresConnection.open(attempts, limit: limits.connect, until: deadline)
        if !isPrepared.load(ordering: .acquiring) {
            try DatabaseSchema.prepare(&connection, until: deadline, within: Deadline(after: limits.preparation, now: now))
            isPrepared.store(true, ordering: .releasing)
            deadline = Deadline(after: limits.call, now: now)
        }
        return connection
    }

    private func give(_ slot: ConnectionSlot) {
        if isClosed.load(ordering: .sequentiallyConsistent) { slot.close() }
        free.withLock { $0.append(slot) }
    }
}

public import BlockingCalls
import FoundationEssentials
import Site
import Synchronization

/// One database of MongoDB, and the threads on which it is asked.
///
/// A server that does not answer is asked again after a while, never by everybody at once: until then each call fails
/// at once with `StoreUnavailable`. It comes back by itself. Must be ended with ``shutdown()``.
public final class MongoDatabase: Sendable {
    public let uri: MongoURI
    private let calls: BlockingCalls
    private let closing: BlockingCalls
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onWarning: @Sendable (String) -> Void
    private let onCall: @Sendable (CallOutcome) -> Void
    private let state: Mutex<State>

    private struct State {
        var pool: MongoPool?
        var circuit = CircuitBreak()
        /// Whether the indexes are there; `false` also when the server may be another one by now.
        var isPrepared = false
        var wasPrepared = false
        var isEnded = false
    }

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - line: how many calls may wait for one of the ``MongoURI/connections``.
    ///   - wait: for how long.
    ///   - now: the time, for the pauses after a failure.
    ///   - onWarning: what people should know of the server, the beginning and the end of an outage, and what libmongoc
    ///     warns of; must not block. Of several databases in one process, the last one hears libmongoc.
    ///   - onCall: hears how each call ended; must not block.
    public init(
        _ uri: MongoURI, line: Int = 256, wait: Duration = .seconds(2), now: @escaping @Sendable () -> ContinuousClock.Instant,
        onWarning: @escaping @Sendable (String) -> Void = { _ in }, onCall: @escaping @Sendable (CallOutcome) -> Void = { _ in }
    ) {
        self.uri = uri
        self.now = now
        self.onWarning = onWarning
        self.onCall = onCall
        calls = BlockingCalls(name: "MongoDB", threads: uri.connections, line: line, wait: wait, now: now)
        closing = BlockingCalls(name: "MongoDB, closing", threads: 1, line: 16, now: now)
        state = Mutex(State())
        MongoLibrary.tell(onWarning)
    }

    /// Why the server is not asked at the moment; `nil` while it is.
    public var outage: CircuitBreak.Outage? { state.withLock { $0.circuit.outage } }

    /// Makes the indexes that are missing. If it fails, the next call that reaches the server does so first.
    ///
    /// - Throws: `StoreUnavailable`, also where an index of somebody else stands in the way: the reason says which.
    public func prepare() async throws { try await run { _ in } }

    /// Asks the server for nothing but an answer.
    public func ping() async throws {
        try await run { [uri] client in _ = try client.run(["ping": .integer(1)], in: uri.database) }
    }

    /// Makes the indexes that are missing by now: a server that was replaced quickly, by one with other data, may have
    /// failed no call.
    public func check() async throws { try await run { [self] client in try makeIndexes(client) } }

    /// Refuses further calls and ends the connections, at the latest when the call that is on its way has ended.
    /// May be called again.
    public func shutdown() async {
        // In a task of its own: whoever ends the program has cancelled this one.
        await Task { [self] in
            do {
                try await closing.run { [self] in
                    let pool = state.withLock { state in
                        state.isEnded = true
                        defer { state.pool = nil }
                        return state.pool
                    }
                    // The last reference goes here, or on the thread of the last call.
                    withExtendedLifetime(pool) {}
                }
            } catch {
                // Somebody else is ending it.
            }
        }.value
    }

    /// Runs `body` with a collection on one of the threads.
    func run<Result: Sendable>(
        in collection: String, _ body: @escaping @Sendable (borrowing MongoCollection) throws -> Result
    ) async throws -> Result {
        try await run { [uri] client in try body(client.collection(collection, of: uri.database)) }
    }

    /// Runs `body` on one of the threads, once the indexes are there.
    ///
    /// - Throws: `StoreUnavailable` for every ``MongoFailure``, `CancellationError` while it waits, or what `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable (borrowing MongoClient) throws -> Result) async throws -> Result {
        if let reason = state.withLock({ $0.circuit.refusal(at: now()) }) {
            onCall(.unavailable)
            throw unavailable(reason)
        }
        do {
            let result = try await calls.run { [self] in try perform(body) }
            onCall(.ok)
            return result
        } catch let busy as BlockingCalls.Busy {
            onCall(.overloaded)
            throw unavailable("\(busy)")
        } catch let failure as MongoFailure {
            onCall(outage == nil ? .error : .unavailable)
            throw unavailable(failure.message)
        }
    }

    private func unavailable(_ reason: String) -> StoreUnavailable { StoreUnavailable(store: "MongoDB", reason: reason) }

    private func perform<Result>(_ body: (borrowing MongoClient) throws -> Result) throws -> Result {
        let turn = try state.withLock { state throws(MongoFailure) in
            guard !state.isEnded else { throw MongoFailure(message: "it has been shut down", isUnreachable: false) }
            guard let turn = state.circuit.begin(at: now()) else {
                throw MongoFailure(message: state.circuit.outage?.reason ?? "", isUnreachable: false)
            }
            return turn
        }
        do {
            let result = try connectedPool().withClient { client in
                try prepareOnce(client)
                return try body(client)
            }
            finish { $0.succeed(turn, at: now()) }
            return result
        } catch let failure as MongoFailure where failure.isUnreachable {
            let failure = explained(failure)
            finish { $0.fail(turn, at: now(), reason: failure.message) }
            // What comes back may have other data, or none.
            state.withLock { $0.isPrepared = false }
            throw failure
        } catch {
            // It has answered, if not as one would like.
            finish { $0.succeed(turn, at: now()) }
            throw error
        }
    }

    /// Tells of an outage once, and of its end once.
    private func finish(_ change: (inout CircuitBreak) -> Void) {
        let (before, after) = state.withLock { state in
            let before = state.circuit.outage?.reason
            change(&state.circuit)
            return (before, state.circuit.outage?.reason)
        }
        switch (before, after) {
        case (nil, let reason?): onWarning("MongoDB is unavailable: \(reason)")
        case (.some, nil): onWarning("MongoDB is available again")
        default: break
        }
    }

    private func connectedPool() throws(MongoFailure) -> MongoPool {
        if let pool = state.withLock(\.pool) { return pool }
        // Outside the lock, since it may wait for DNS.
        let made = try MongoPool(uri)
        return try state.withLock { state throws(MongoFailure) in
            guard !state.isEnded else { throw MongoFailure(message: "it has been shut down", isUnreachable: false) }
            if let pool = state.pool { return pool }
            state.pool = made
            return made
        }
    }

    private func prepareOnce(_ client: borrowing MongoClient) throws(MongoFailure) {
        if !state.withLock(\.isPrepared) { try makeIndexes(client) }
    }

    private func makeIndexes(_ client: borrowing MongoClient) throws(MongoFailure) {
        var notes: [String] = []
        for index in MongoIndex.all {
            if let note = try index.make(client, in: uri.database) { notes.append(note) }
        }
        let isFirst = state.withLock { state in
            defer { (state.isPrepared, state.wasPrepared) = (true, true) }
            return !state.wasPrepared
        }
        if isFirst { for note in notes { onWarning(note) } }
    }

    private func explained(_ failure: MongoFailure) -> MongoFailure {
        guard failure.message.contains("Authentication failed"), uri.user != nil else { return failure }
        let source = uri.authenticationSource
        let remedy = source == "admin" ? "" : "; if the account is kept elsewhere, add authSource=admin to the URI"
        return MongoFailure(
            code: failure.code, message: "\(failure.message) for the user of the URI in the database \(source)\(remedy)",
            isUnreachable: true)
    }
}

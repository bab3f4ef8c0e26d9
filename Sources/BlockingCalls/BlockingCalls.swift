import Synchronization

/// Threads for calls that block, so that no event loop and no task's thread ever waits for one.
///
/// As many run at once as there are threads; a bounded number waits in line, in the order in which they came.
public final class BlockingCalls: Sendable {
    /// The line is full, or a call has waited in it too long. Nothing was begun.
    public struct Busy: Error, Sendable, CustomStringConvertible {
        public let name: String
        public var description: String { "\(name): too many calls at once" }
    }

    /// How the threads stand to all others of the machine.
    public enum Priority: Sendable {
        case ordinary
        /// They get what others leave, and a little: for work that costs a processor and that strangers can ask for.
        case low
    }

    private struct Waiting {
        let ticket: Ticket
        let run: @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
        let since: ContinuousClock.Instant
    }

    /// Tells one call from another, and a cancelled one that has not come into the line yet.
    private final class Ticket: Sendable {
        let isCancelled = Atomic(false)
    }

    private struct State {
        var running = 0
        var line: [Waiting] = []
    }

    private let name: String
    private let threads: Int
    private let longestLine: Int
    private let longestWait: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let workers: WorkThreads
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: for errors and debuggers.
    ///   - line: how many may wait.
    ///   - wait: how long; whoever has waited longer is refused instead of begun.
    public init(
        name: String, threads: Int, line: Int, wait: Duration = .seconds(2), priority: Priority = .ordinary,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.name = name
        self.threads = threads
        longestLine = line
        longestWait = wait
        self.now = now
        workers = WorkThreads(limit: threads, niceness: priority == .low ? 10 : 0)
    }

    /// How many calls are running and waiting.
    public var load: Int { state.withLock { $0.running + $0.line.count } }

    /// Runs `body` on one of the threads, and returns what it returns.
    ///
    /// A task that is cancelled while it waits in line is free at once; a call that has begun is waited for, since
    /// what it holds is in use.
    /// - Throws: ``Busy``, `CancellationError`, or what `body` throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
                add(
                    Waiting(
                        ticket: ticket, run: { continuation.resume(with: Swift.Result { try body() }) },
                        refuse: { continuation.resume(throwing: $0) },
                        since: now()))
            }
        } onCancel: {
            let found = state.withLock { state -> Waiting? in
                ticket.isCancelled.store(true, ordering: .relaxed)
                return state.line.firstIndex { $0.ticket === ticket }.map { state.line.remove(at: $0) }
            }
            found?.refuse(CancellationError())
        }
    }

    private func add(_ waiting: Waiting) {
        let outcome = state.withLock { state -> Result<Bool, any Error> in
            if waiting.ticket.isCancelled.load(ordering: .relaxed) { return .failure(CancellationError()) }
            if state.running < threads {
                state.running += 1
                return .success(true)
            }
            guard state.line.count < longestLine else { return .failure(Busy(name: name)) }
            state.line.append(waiting)
            return .success(false)
        }
        switch outcome {
        case .success(let begins): if begins { begin(waiting) }
        case .failure(let error): waiting.refuse(error)
        }
    }

    private func begin(_ first: Waiting) {
        // Held by the work, not the other way round: the threads end with the last of it.
        workers.run { [self] in
            var next: Waiting? = first
            while let waiting = next {
                waiting.run()
                next = finish()
            }
        }
    }

    /// Who is next on the thread that has become free.
    private func finish() -> Waiting? {
        var tooLate: [Waiting] = []
        let next = state.withLock { state -> Waiting? in
            let latest = now() - longestWait
            while let first = state.line.first, first.since < latest {
                tooLate.append(first)
                state.line.removeFirst()
            }
            guard !state.line.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.line.removeFirst()
        }
        for waiting in tooLate { waiting.refuse(Busy(name: name)) }
        return next
    }
}

import Synchronization

/// Waits for an answer no longer than somebody should.
enum Patience {
    /// What `ask` gives; `nil` where that takes longer than `limit`: it goes on then, and nobody hears of it.
    static func wait<Answer: Sendable>(
        _ limit: Duration, for ask: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        try await withCheckedThrowingContinuation { continuation in
            let race = Race(continuation)
            let timer = Task {
                // Cancelled, the race is over.
                try? await Task.sleep(for: limit)
                race.end(.success(nil))
            }
            Task {
                do { race.end(.success(try await ask())) } catch { race.end(.failure(error)) }
                timer.cancel()
            }
        }
    }

    /// The first to end it decides.
    private final class Race<Answer: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Answer?, any Error>?>

        init(_ continuation: CheckedContinuation<Answer?, any Error>) { self.continuation = Mutex(continuation) }

        func end(_ result: Result<Answer?, any Error>) {
            continuation.withLock { $0.take() }?.resume(with: result)
        }
    }
}

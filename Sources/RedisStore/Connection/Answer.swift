import Synchronization

/// The place where one caller waits; whoever gives the answer first, gives it.
final class Answer<Success: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Success, RedisError>, Never>)
        case given(Result<Success, RedisError>)
        case taken
    }

    private let state = Mutex(State.open)

    var isGiven: Bool {
        state.withLock { state in
            switch state {
            case .open, .awaited: false
            case .given, .taken: true
            }
        }
    }

    /// Runs `ask` once an answer can be received. A cancelled task gets its answer at once.
    func wait(_ ask: () -> Void) async -> Result<Success, RedisError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Result<Success, RedisError>? = state.withLock { state in
                    guard case .given(let result) = state else {
                        state = .awaited(continuation)
                        return nil
                    }
                    state = .taken
                    return result
                }
                if let early { return continuation.resume(returning: early) }
                ask()
            }
        } onCancel: {
            give(.failure(.cancelled))
        }
    }

    func give(_ result: Result<Success, RedisError>) {
        let continuation: CheckedContinuation<Result<Success, RedisError>, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(result)
                return nil
            case .awaited(let continuation):
                state = .taken
                return continuation
            case .given, .taken: return nil
            }
        }
        continuation?.resume(returning: result)
    }
}

import JSON
import Synchronization

/// The place where one caller waits; whoever gives the answer first, gives it.
final class LinkWaiter: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<JSONValue, GatewayProblem>, Never>)
        case given(Result<JSONValue, GatewayProblem>)
        case taken
    }

    private let state = Mutex(State.open)

    /// Runs `ask` once an answer can be received. A cancelled task gets its answer at once.
    func wait(_ ask: () -> Void, onCancel: @escaping @Sendable () -> Void) async -> Result<JSONValue, GatewayProblem> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Result<JSONValue, GatewayProblem>? = state.withLock { state in
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
            give(.failure(GatewayProblem(.unreachable, "Nobody waits for the answer any more.")))
            onCancel()
        }
    }

    func give(_ result: Result<JSONValue, GatewayProblem>) {
        let continuation: CheckedContinuation<Result<JSONValue, GatewayProblem>, Never>? = state.withLock { state in
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

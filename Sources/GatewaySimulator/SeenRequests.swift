import Synchronization

/// The newest requests, at most ``limit``.
final class SeenRequests: Sendable {
    static let limit = 1_000

    private struct State {
        var requests: [SeenRequest] = []
        /// How many came before the first that is still there.
        var forgotten = 0
    }

    private let state = Mutex(State())

    var all: [SeenRequest] { state.withLock(\.requests) }

    /// - Returns: its number, for ``update(_:_:)``.
    func add(_ request: SeenRequest) -> Int {
        state.withLock { state in
            if state.requests.count == Self.limit {
                state.requests.removeFirst()
                state.forgotten += 1
            }
            state.requests.append(request)
            return state.forgotten + state.requests.count - 1
        }
    }

    /// Does nothing where it is forgotten.
    func update(_ number: Int, _ change: (inout SeenRequest) -> Void) {
        state.withLock { state in
            let index = number - state.forgotten
            guard state.requests.indices.contains(index) else { return }
            change(&state.requests[index])
        }
    }
}

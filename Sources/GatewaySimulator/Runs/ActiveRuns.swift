import Synchronization

/// The answers in progress, and what became of those that were asked for with a key.
final class ActiveRuns: Sendable {
    private struct State {
        var runs: [String: SimulatedRun] = [:]
        var finished: Set<String> = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.runs.count } }

    enum Admission {
        case new, inProgress, finished
    }

    func add(_ run: SimulatedRun) -> Admission {
        state.withLock { state in
            if state.finished.contains(run.id) { return .finished }
            if state.runs[run.id] != nil { return .inProgress }
            state.runs[run.id] = run
            return .new
        }
    }

    func remove(_ id: String) {
        state.withLock { state in
            state.runs[id] = nil
            if state.finished.count > 10_000 { state.finished.removeAll() }
            state.finished.insert(id)
        }
    }

    func runs(of sessionKey: String) -> [SimulatedRun] {
        state.withLock { $0.runs.values.filter { $0.sessionKey == sessionKey }.sorted { $0.id < $1.id } }
    }

    func abortAll() {
        for run in state.withLock({ Array($0.runs.values) }) { run.abort() }
    }
}

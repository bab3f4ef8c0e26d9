import Synchronization

/// One call from its beginning to its end, which is told once; forgotten before, it ends as one whose caller went away.
final class OpenCall: Sendable {
    private struct State {
        var isOver = false
        var hasPlace = false
        var hasStream = false
        var route: String
        var exchange: UpstreamExchange?
        var sessionWatch: Task<Void, Never>?
    }

    private let state: Mutex<State>
    private let caller: GatewayCaller
    private let counts: OpenCalls
    private let means: GatewayMeans
    private let start: ContinuousClock.Instant

    /// - Parameters:
    ///   - route: as ``name(_:)``, where that is known.
    ///   - hasPlace: whether whoever makes it has taken its place.
    ///   - start: by default now.
    init(
        of caller: GatewayCaller, counts: OpenCalls, means: GatewayMeans, route: String = "unknown", hasPlace: Bool = false,
        start: ContinuousClock.Instant? = nil
    ) {
        self.caller = caller
        self.counts = counts
        self.means = means
        self.start = start ?? means.now()
        state = Mutex(State(hasPlace: hasPlace, route: route))
    }

    deinit { end(status: 499) }

    /// As the audit trail has it.
    func name(_ route: String) { state.withLock { $0.route = route } }

    func takePlace() throws(GatewayProblem) {
        try counts.enter()
        state.withLock { $0.hasPlace = true }
    }

    /// Does nothing where it has one.
    func takeStream() throws(GatewayProblem) {
        guard !state.withLock({ $0.hasStream }) else { return }
        try counts.openStream(of: caller.id)
        state.withLock { $0.hasStream = true }
    }

    /// The exchange ends with the call.
    func attach(_ exchange: UpstreamExchange) { state.withLock { $0.exchange = exchange } }

    /// From now on the caller's session ends the exchange.
    func watchSession(over exchange: UpstreamExchange) {
        let sessionEnding = caller.sessionEnding
        let watch = Task {
            for await _ in sessionEnding() {}
            guard !Task.isCancelled else { return }
            exchange.interrupt(.sessionEnded)
        }
        let isOver = state.withLock { state in
            if !state.isOver { state.sessionWatch = watch }
            return state.isOver
        }
        if isOver { watch.cancel() }
    }

    /// Does nothing the second time.
    ///
    /// - Parameter isAnswered: the exchange is over too.
    func end(status: Int, problem: GatewayProblem.Kind? = nil, isAnswered: Bool = false) {
        let ended: State? = state.withLock { state in
            guard !state.isOver else { return nil }
            let ended = state
            state.isOver = true
            state.exchange = nil
            state.sessionWatch = nil
            return ended
        }
        guard let ended else { return }
        if ended.hasStream { counts.closeStream(of: caller.id) }
        if ended.hasPlace { counts.leave() }
        ended.sessionWatch?.cancel()
        if !isAnswered { ended.exchange?.interrupt(.cancelled) }
        means.record(
            GatewayCallRecord(
                callerID: caller.id, requestID: caller.requestID, route: ended.route, status: status, problem: problem,
                duration: means.now() - start))
    }
}

/// Whoever reads the content of a call's answer; gone before its end, the call is over too.
final class AnswerReader: Sendable {
    private let call: OpenCall

    init(_ call: OpenCall) { self.call = call }

    deinit { call.end(status: 499) }
}

import NIOCore
import Synchronization

/// What all sockets of browsers share: the places, what each person may ask, and what the gateway has refused.
final class SocketHall: Sendable {
    private struct State {
        var places: [String: Int] = [:]
        var total = 0
        var relays: [Int: (loop: any EventLoop, relay: NIOLoopBound<SocketRelay>, closed: EventLoopFuture<Void>)] = [:]
        var count = 0
        var isClosed = false
        var allowance: SocketAllowance
        var refusal: (problem: GatewayProblem, until: ContinuousClock.Instant)?
    }

    private static let requestsPerMinute = 120
    private let limits: GatewayLimits
    private let state: Mutex<State>

    init(_ limits: GatewayLimits) {
        self.limits = limits
        state = Mutex(State(allowance: SocketAllowance(perMinute: Self.requestsPerMinute * limits.rate)))
    }

    /// Places that are taken now.
    var count: Int { state.withLock { $0.total } }

    /// A place for one socket, which is free again when this is gone.
    final class Place: Sendable {
        private let hall: SocketHall
        private let callerID: String

        fileprivate init(_ hall: SocketHall, _ callerID: String) {
            self.hall = hall
            self.callerID = callerID
        }

        deinit { hall.free(callerID) }
    }

    func place(for callerID: String) throws(GatewayProblem) -> Place {
        let problem: GatewayProblem? = state.withLock { state in
            if state.isClosed { return GatewayProblem(.unreachable, "This site is going down.", retryAfter: 5) }
            guard state.places[callerID, default: 0] < limits.socketsPerCaller else { return GatewayProblem(.tooManyStreams) }
            guard state.total < limits.sockets else { return GatewayProblem(.tooManyStreams, "All places are taken.", retryAfter: 30) }
            state.places[callerID, default: 0] += 1
            state.total += 1
            return nil
        }
        if let problem { throw problem }
        return Place(self, callerID)
    }

    private func free(_ callerID: String) {
        state.withLock { state in
            state.total -= 1
            let left = state.places[callerID, default: 1] - 1
            state.places[callerID] = left > 0 ? left : nil
        }
    }

    /// Milliseconds to wait, if any.
    func wait(for callerID: String, at now: ContinuousClock.Instant) -> Int? { state.withLock { $0.allowance.take(callerID, at: now) } }

    /// Keeps what the gateway says for a while where asking again could only do harm.
    func remember(_ problem: GatewayProblem, at now: ContinuousClock.Instant, for pause: TimeAmount) {
        guard LinkBackoff.needsSomebody(problem.kind) else { return }
        let pause = Duration.nanoseconds(max(pause.nanoseconds, Int64(min(problem.retryAfter ?? 0, 600)) * 1_000_000_000))
        state.withLock { $0.refusal = (problem, now + pause) }
    }

    func refusal(at now: ContinuousClock.Instant) -> GatewayProblem? {
        state.withLock { state in
            guard let refusal = state.refusal else { return nil }
            if now < refusal.until { return refusal.problem }
            state.refusal = nil
            return nil
        }
    }

    /// - Returns: what to ``leave(_:)`` with; `nil` where the hall has closed.
    func enter(_ relay: SocketRelay, _ channel: any Channel) -> Int? {
        let bound = NIOLoopBound(relay, eventLoop: channel.eventLoop)
        return state.withLock { state in
            guard !state.isClosed else { return nil }
            state.count += 1
            state.relays[state.count] = (channel.eventLoop, bound, channel.closeFuture)
            return state.count
        }
    }

    func leave(_ id: Int) {
        // The relay is freed outside of the lock, with its place.
        _ = state.withLock { $0.relays.removeValue(forKey: id) }
    }

    func close() async {
        let relays = state.withLock { state in
            state.isClosed = true
            return Array(state.relays.values)
        }
        for (loop, relay, _) in relays { loop.execute { relay.value.goAway() } }
        for (_, _, closed) in relays {
            // However it closes, it is closed.
            try? await closed.get()
        }
    }
}

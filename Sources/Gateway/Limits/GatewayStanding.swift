import Synchronization

/// What the last calls tell of the gateway, and whether another is worth trying.
///
/// After five failures in a row calls fail at once for a pause that grows from 0.5 s to 10 s; after a refused token for
/// 30 s, so that the gateway has no reason to lock this site out; after a lock-out for as long as the gateway says. One call
/// then finds out whether it is over.
final class GatewayStanding: Sendable {
    /// What a call that was let through is the trial of.
    struct Admission: Sendable {
        fileprivate var triesConnection = false
        fileprivate var triesToken = false
        fileprivate let usesToken: Bool
    }

    fileprivate struct Pause {
        let problem: GatewayProblem
        let end: ContinuousClock.Instant
        var isTried = false
    }

    private struct State {
        var failures = 0
        var pauses = 0
        var connection: Pause?
        var token: Pause?
        var reported: GatewayProblem?

        var isCalm: Bool { failures == 0 && pauses == 0 && connection == nil && token == nil && reported == nil }
    }

    static let failuresInARow = 5
    static let tokenPause = Duration.seconds(30)

    private let state = Mutex(State())
    /// Nothing is wrong and nothing was of late, so that most calls need not look further.
    private let isCalm = Atomic(true)
    private let now: @Sendable () -> ContinuousClock.Instant
    private let jitter: @Sendable () -> Double

    init(now: @escaping @Sendable () -> ContinuousClock.Instant, jitter: @escaping @Sendable () -> Double) {
        self.now = now
        self.jitter = jitter
    }

    var problem: GatewayProblem? { state.withLock { $0.reported } }

    /// Whether the gateway has refused the token of late.
    var isTokenRefused: Bool { state.withLock { $0.token != nil } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            isCalm.store(state.isCalm, ordering: .relaxed)
        }
    }

    /// For who asks to find out, and has no use for the token.
    func admitInAnyCase() -> Admission { Admission(usesToken: false) }

    /// Each call that is admitted must say how it went, once.
    ///
    /// - Parameter usesToken: whether the gateway looks at the token.
    /// - Throws: what is known to be wrong.
    func admit(usesToken: Bool) throws(GatewayProblem) -> Admission {
        if isCalm.load(ordering: .relaxed) { return Admission(usesToken: usesToken) }
        let now = now()
        return try state.withLock { state throws(GatewayProblem) in
            var admission = Admission(usesToken: usesToken)
            if let pause = state.connection {
                guard pause.end <= now, !pause.isTried else { throw pause.refusal(at: now) }
            }
            if usesToken, let pause = state.token {
                guard pause.end <= now, !pause.isTried else { throw pause.refusal(at: now) }
                state.token?.isTried = true
                admission.triesToken = true
            }
            if state.connection != nil {
                state.connection?.isTried = true
                admission.triesConnection = true
            }
            return admission
        }
    }

    /// The gateway has answered, and had nothing against this site.
    func answered(_ admission: Admission) {
        if isCalm.load(ordering: .relaxed) { return }
        change { state in
            state.failures = 0
            state.pauses = 0
            state.connection = nil
            if admission.usesToken, state.token == nil || admission.triesToken {
                state.token = nil
                state.reported = nil
            } else if let problem = state.reported, problem.kind.isOfConnection {
                state.reported = nil
            }
        }
    }

    /// The gateway has answered, and said why it does not want to.
    func refused(_ admission: Admission, _ problem: GatewayProblem) {
        let now = now()
        change { state in
            state.failures = 0
            state.pauses = 0
            state.connection = nil
            if problem.kind.isOfStanding { state.reported = problem }
            switch problem.kind {
            case .tokenWrong, .tokenMissing: state.token = Pause(problem: problem, end: now + Self.tokenPause)
            case .lockedOut: state.token = Pause(problem: problem, end: now + .seconds(problem.retryAfter ?? 300))
            default: if admission.triesToken { state.token?.isTried = false }
            }
        }
    }

    /// No answer came.
    func failed(_ admission: Admission, _ problem: GatewayProblem) {
        let now = now()
        let random = jitter()
        change { state in
            if admission.triesToken { state.token?.isTried = false }
            state.failures += 1
            let opens = admission.triesConnection || (state.connection == nil && state.failures >= Self.failuresInARow)
            if opens {
                let longest = min(10, 0.5 * Double(1 << min(state.pauses, 6)))
                state.pauses += 1
                let pause = max(0.5, longest * (0.5 + random / 2))
                state.connection = Pause(problem: problem, end: now + .milliseconds(Int(pause * 1000)))
            }
            // One answer that takes long says nothing of the gateway.
            if problem.kind != .slow || state.connection != nil { state.reported = problem }
        }
    }

    /// The caller went away before anything could be told.
    func abandoned(_ admission: Admission) {
        change { state in
            if admission.triesConnection { state.connection?.isTried = false }
            if admission.triesToken { state.token?.isTried = false }
        }
    }
}

extension GatewayStanding.Pause {
    fileprivate func refusal(at now: ContinuousClock.Instant) -> GatewayProblem {
        let left = Int(((end - now) / .seconds(1)).rounded(.up))
        return GatewayProblem(problem.kind, problem.detail, retryAfter: max(1, left))
    }
}

extension GatewayProblem.Kind {
    fileprivate var isOfConnection: Bool {
        switch self {
        case .unreachable, .untrusted, .slow, .starting, .restarting, .failing, .answerBroken, .notOpenClaw: true
        default: false
        }
    }

    /// Whether it is about the gateway as a whole, not about one call.
    fileprivate var isOfStanding: Bool {
        switch self {
        case .starting, .restarting, .tokenMissing, .tokenWrong, .lockedOut, .scopeMissing, .attributionRequired, .tooOld, .notOpenClaw: true
        default: false
        }
    }
}

import Synchronization

/// A call that has begun without waiting for anything, by ``GatewayProxy/begin(_:for:whenAnswered:)``.
///
/// Whoever lets it go without an answer ends it.
public final class BegunCall: Sendable {
    let plan: GatewayProxy.Plan
    let generation: Int
    let sent: GatewayProxy.Sent
    private let standing: GatewayStanding
    private let isJudged = Atomic(false)

    init(_ plan: GatewayProxy.Plan, generation: Int, _ sent: GatewayProxy.Sent, _ standing: GatewayStanding) {
        self.plan = plan
        self.generation = generation
        self.sent = sent
        self.standing = standing
    }

    /// Nobody has looked at what came, and the next call may be the trial that this one was.
    deinit { if judge() { standing.abandoned(sent.admission) } }

    /// Whoever gets `true` says how the call went.
    func judge() -> Bool { isJudged.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged }

    /// The caller has gone away.
    public func cancel() { plan.call.end(status: 499) }
}

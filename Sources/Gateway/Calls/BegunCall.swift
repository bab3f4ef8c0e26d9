/// A call that has begun without waiting for anything, by ``GatewayProxy/begin(_:for:whenAnswered:)``.
///
/// Whoever lets it go without an answer ends it.
public final class BegunCall: Sendable {
    let plan: GatewayProxy.Plan
    let key: AnswerCache.Key
    let generation: Int
    let sent: GatewayProxy.Sent

    init(_ plan: GatewayProxy.Plan, _ key: AnswerCache.Key, generation: Int, _ sent: GatewayProxy.Sent) {
        self.plan = plan
        self.key = key
        self.generation = generation
        self.sent = sent
    }

    /// The caller has gone away.
    public func cancel() { plan.call.end(status: 499) }
}

import HTTPTypes
import NIOCore
import Synchronization

/// Calls without a task: most that only read something are one question to the gateway and one short answer.
extension GatewayProxy {
    /// Begins a call that nothing stands against: a GET of a known route for whoever may, which no cache has to be asked for,
    /// and which is no stream. What would be refused, or takes more than that, is left to ``answer(_:for:)``.
    ///
    /// For event loops of the group; the gateway is called on the same one.
    ///
    /// - Parameters:
    ///   - request: with neither Cache-Control nor If-None-Match.
    ///   - whenAnswered: called once on the event loop, when ``answer(of:)`` or ``finish(_:)`` gives the answer.
    /// - Returns: `nil` where nothing has begun.
    public func begin(
        _ request: GatewayRequest, for caller: GatewayCaller, whenAnswered: @escaping @Sendable (BegunCall) -> Void
    ) -> BegunCall? {
        // `try?` here and below: what refuses the call refuses it once more where it can be said.
        guard !isStopped.load(ordering: .relaxed), request.method == .get, RequestContent.isEmpty(request.headers),
            let match = try? RouteMatch(request.method, request.path),
            !match.isProbe, caller.role >= match.route.role
        else { return nil }
        let accept = ForwardedFields.accept(request)
        guard match.route.answer == .json || !Self.asksForStream(accept) else { return nil }
        let query = ForwardedQuery.query(request.query, for: match.route)
        func key() -> AnswerCache.Key { AnswerCache.Key(role: caller.role, path: match.target, query: query, accept: accept) }
        guard cache.hasNothing(for: key()), (try? counts.enter()) != nil else { return nil }
        guard let admission = try? standing.admit(usesToken: true) else {
            counts.leave()
            return nil
        }
        let now = means.now()
        guard (try? rates.take(caller.id, match.route, at: now)) != nil else {
            standing.abandoned(admission)
            counts.leave()
            return nil
        }
        let call = OpenCall(of: caller, counts: counts, means: means, route: match.route.name, hasPlace: true, start: now)
        let plan = Plan(match: match, query: query, request: request, caller: caller, call: call)
        let generation = cache.generation
        let begun = BegunCall(plan, generation: generation, send(plan, admission), standing)
        begun.sent.exchange.whenHead { whenAnswered(begun) }
        return begun
    }

    /// The answer, where it is all here and nothing has to be done about it but to pass it on; the call is over then.
    ///
    /// - Returns: `nil` where ``finish(_:)`` has to be asked.
    public func answer(of begun: BegunCall) -> WholeAnswer? {
        let whole = begun.sent.exchange.takeWhole { head in
            head.status == 200 && head.isJSON && !head.isEncoded && Freshness(head) == nil
        }
        guard let whole else { return nil }
        if begun.judge() { standing.answered(begun.sent.admission) }
        cache.noteUnkept(begun.plan.key)
        begun.plan.call.end(status: 200, isAnswered: true)
        return WholeAnswer(whole.head, content: whole.content)
    }

    /// As ``answer(_:for:)``, of a call that has begun.
    public func finish(_ begun: BegunCall) async throws(GatewayProblem) -> GatewayAnswer {
        // Here the admission is given back, however it goes.
        _ = begun.judge()
        return try await told(begun.plan.call) { () async throws(GatewayProblem) in
            let forwarded = try await receive(begun.sent, begun.plan)
            return try await keep(forwarded, under: begun.plan.key, generation: begun.generation, begun.plan, reason: "uri-miss")
        }
    }
}

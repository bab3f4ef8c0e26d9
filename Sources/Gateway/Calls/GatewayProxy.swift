import HTTPTypes
public import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Calls the gateway over HTTP for people who may: see ``GatewayRoutes`` for who may what.
///
/// Functions may be called from any task.
public final class GatewayProxy: Sendable {
    let configuration: GatewayConfiguration
    let means: GatewayMeans
    let ownFields: ForwardedFields.Own
    let upstream: UpstreamClient
    let standing: GatewayStanding
    let rates: CallRates
    let counts: OpenCalls
    let cache: AnswerCache
    let identityCheck = Mutex<ContinuousClock.Instant?>(nil)
    let isStopped = Atomic(false)

    /// Reads the machine's certificates where the endpoint has TLS, so not to be called on an event loop.
    public convenience init(_ configuration: GatewayConfiguration, group: any EventLoopGroup, means: GatewayMeans) {
        self.init(configuration, group: group, means: means, tls: nil)
    }

    init(_ configuration: GatewayConfiguration, group: any EventLoopGroup, means: GatewayMeans, tls: TLSConfiguration?) {
        self.configuration = configuration
        self.means = means
        let token = configuration.token.flatMap { $0.isEmpty || !ForwardedFields.isSafe($0) ? nil : $0 }
        ownFields = ForwardedFields.Own(authority: configuration.endpoint.authority, token: token)
        upstream = UpstreamClient(configuration.endpoint, limits: configuration.limits, group: group, tls: tls)
        standing = GatewayStanding(now: means.now, jitter: means.jitter)
        rates = CallRates(factor: configuration.limits.rate, now: means.now)
        counts = OpenCalls(configuration.limits)
        cache = AnswerCache(shared: means.sharedCache, now: means.now)
    }

    /// Calls, and answers as soon as the head of the gateway's answer is here.
    ///
    /// Cancelling the task ends the call.
    public func answer(_ request: GatewayRequest, for caller: GatewayCaller) async throws(GatewayProblem) -> GatewayAnswer {
        let call = OpenCall(of: caller, counts: counts, means: means)
        return try await told(call) { () async throws(GatewayProblem) in try await answer(request, for: caller, call: call) }
    }

    /// Says how a call ends, where its answer is whole or there is none.
    func told(
        _ call: OpenCall, _ body: () async throws(GatewayProblem) -> GatewayAnswer
    ) async throws(GatewayProblem) -> GatewayAnswer {
        do {
            let answer = try await body()
            if case .bytes = answer.body { call.end(status: answer.status.code) }
            return answer
        } catch {
            if Task.isCancelled { call.end(status: 499) } else { call.end(status: error.status, problem: error.kind) }
            throw error
        }
    }

    /// Whether calls go through, as far as the last ones tell, with what is wrong otherwise; for `/readyz` and `/status`.
    ///
    /// One answer that took too long does not count, five in a row do.
    public var health: GatewayProblem? { standing.problem }

    /// Asks `/health` and tells what program it is that answers.
    public func probe() async throws(GatewayProblem) {
        let request = UpstreamRequest(
            method: .GET, target: "/health", fields: ForwardedFields(ownFields), content: .none,
            deadlines: deadlines(firstByte: min(configuration.limits.firstByte, .seconds(5))))
        let admission = standing.admitInAnyCase()
        do {
            try await identify(request)
            standing.answered(admission)
        } catch {
            throw report(error, admission)
        }
    }

    func identify(_ request: UpstreamRequest) async throws(Refusal) {
        let answer: UpstreamClient.Answer
        do {
            answer = try await upstream.answer(to: upstream.start(request))
        } catch {
            throw .failure(error)
        }
        // However it ends, nothing of it is needed any more.
        defer { answer.exchange.interrupt(.cancelled) }
        let head = answer.head
        let body = try await whole(answer.exchange)
        if head.status == 503 { throw .problem(GatewayProblem(.starting, retryAfter: head.retrySeconds ?? 3)) }
        if let problem = AnswerVerdict.problem(ofHealth: head, body) { throw .problem(problem) }
    }

    /// Closes idle connections and refuses calls from now on.
    public func shutdown() async {
        isStopped.store(true, ordering: .relaxed)
        await upstream.shutdown()
    }
}

import HTTPTypes
import JSON
public import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Calls the gateway over HTTP for people who may: see ``GatewayRoutes`` for who may what.
///
/// Functions may be called from any task.
public final class GatewayProxy: Sendable {
    private let configuration: GatewayConfiguration
    private let means: GatewayMeans
    private let authorization: String?
    private let upstream: UpstreamClient
    private let standing: GatewayStanding
    private let rates: CallRates
    private let counts: OpenCalls
    private let cache: AnswerCache
    private let identityCheck = Mutex<ContinuousClock.Instant?>(nil)
    private let isStopped = Atomic(false)

    /// Reads the machine's certificates where the endpoint has TLS, so not to be called on an event loop.
    public convenience init(_ configuration: GatewayConfiguration, group: any EventLoopGroup, means: GatewayMeans) {
        self.init(configuration, group: group, means: means, tls: nil)
    }

    init(_ configuration: GatewayConfiguration, group: any EventLoopGroup, means: GatewayMeans, tls: TLSConfiguration?) {
        self.configuration = configuration
        self.means = means
        let token = configuration.token.flatMap { $0.isEmpty || !ForwardedFields.isSafe($0) ? nil : $0 }
        authorization = token.map { "Bearer \($0)" }
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
        do {
            let answer = try await answer(request, for: caller, call: call)
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
            method: .GET, target: "/health", fields: ["host": configuration.endpoint.authority, "accept": "application/json"], content: .none,
            deadlines: deadlines(firstByte: min(configuration.limits.firstByte, .seconds(5))))
        let admission = standing.admitInAnyCase()
        do {
            try await identify(request)
            standing.answered(admission)
        } catch {
            throw report(error, admission)
        }
    }

    private func identify(_ request: UpstreamRequest) async throws(Refusal) {
        let answer: UpstreamClient.Answer
        do {
            answer = try await upstream.answer(to: upstream.start(request))
        } catch {
            throw .failure(error)
        }
        // However it ends, nothing of it is needed any more.
        defer { answer.exchange.interrupt(.cancelled) }
        let head = AnswerHead(answer.head)
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

// MARK: - A call

extension GatewayProxy {
    /// What is known of a call before the gateway is asked.
    private struct Plan {
        let match: RouteMatch
        let query: String
        let request: GatewayRequest
        let caller: GatewayCaller
        let call: OpenCall
    }

    private func answer(_ request: GatewayRequest, for caller: GatewayCaller, call: OpenCall) async throws(GatewayProblem) -> GatewayAnswer {
        guard !isStopped.load(ordering: .relaxed) else { throw UpstreamFailure.stopped.problem }
        let match = try RouteMatch(request.method, request.path)
        call.name(match.route.name)
        guard caller.role >= match.route.role else { throw GatewayProblem(.roleNeeded, "\(match.route.name) takes the role \(match.route.role).") }
        try rates.take(caller.id, match.route)
        try call.takePlace()
        let plan = Plan(
            match: match, query: ForwardedQuery.query(request.query, for: match.route), request: request, caller: caller, call: call)
        return request.method == .get ? try await read(plan) : try await write(plan)
    }

    /// Of a method that changes nothing: from the cache, where that has it.
    private func read(_ plan: Plan) async throws(GatewayProblem) -> GatewayAnswer {
        guard RequestContent.isEmpty(plan.request.headers) else { throw RequestContent.tooLarge(0) }
        let accept = ForwardedFields.accept(plan.request)
        let isStream = accept.contains("text/event-stream")
        if plan.match.route.answer == .jsonOrStream, isStream {
            try plan.call.takeStream()
            return try await forward(plan, isStream: true).answer
        }
        let wishes = CacheDirectives(plan.request.headers[values: .cacheControl])
        if wishes.noStore { return marked(try await forward(plan).answer, "fwd=request") }
        let key = AnswerCache.Key(role: plan.caller.role, path: plan.match.target, query: plan.query, accept: accept)
        let generation = cache.generation
        var stale: StoredAnswer?
        var reason = "uri-miss"
        switch await cache.find(key) {
        case .fresh(let answer, let age):
            guard wishes.noCache || age > wishes.maxAge ?? .max else {
                return kept(answer, age: age, plan, "hit; ttl=\(answer.freshness.lifetime - age)")
            }
            stale = answer
            reason = "request"
        case .stale(let answer):
            stale = answer
            reason = "stale"
        case .nothing: break
        }
        let forwarded = try await forward(plan, etag: stale?.etag)
        if forwarded.head.status == 304, let stale {
            return await refreshed(stale, by: forwarded.head, under: key, generation: generation, plan, reason: reason)
        }
        return try await keep(forwarded, under: key, generation: generation, plan, reason: reason)
    }

    /// What is kept is still right, says the gateway (RFC 9111, section 4.3.4).
    private func refreshed(
        _ stale: StoredAnswer, by head: AnswerHead, under key: AnswerCache.Key, generation: Int, _ plan: Plan, reason: String
    ) async -> GatewayAnswer {
        var answer = stale
        var freshness: Freshness? = Freshness(lifetime: stale.freshness.lifetime, age: 0)
        if !head.cacheControl.isEmpty || head.expires != nil {
            freshness = Freshness(head)
            answer.cacheControl = head.safeCacheControl
        }
        guard let freshness else {
            cache.remove(key)
            return kept(answer, age: 0, plan, "fwd=\(reason); fwd-status=304")
        }
        answer.freshness = freshness
        let isStored = await cache.store(answer, for: key, generation: generation)
        return kept(answer, age: freshness.age, plan, "fwd=\(reason); fwd-status=304\(isStored ? "; stored" : "")")
    }

    /// Keeps an answer, where it may be kept.
    private func keep(
        _ forwarded: Forwarded, under key: AnswerCache.Key, generation: Int, _ plan: Plan, reason: String
    ) async throws(GatewayProblem) -> GatewayAnswer {
        let head = forwarded.head
        guard head.status == 200, head.isJSON, let freshness = Freshness(head), (head.contentLength ?? 0) <= AnswerCache.largest else {
            return marked(forwarded.answer, "fwd=\(reason)")
        }
        let body: ByteBuffer
        switch forwarded.answer.body {
        case .bytes(let bytes): body = bytes
        case .stream:
            guard let exchange = forwarded.exchange else { return marked(forwarded.answer, "fwd=\(reason)") }
            switch await exchange.collect(upTo: AnswerCache.largest) {
            case .whole(let bytes): body = bytes
            case .beginning(let bytes):
                var answer = forwarded.answer
                answer.body = .stream(AnswerStream(status: 200, beginning: bytes, exchange, call: plan.call))
                return marked(answer, "fwd=\(reason)")
            case .failed(let failure): throw failure.problem
            }
        }
        let answer = StoredAnswer(
            contentType: head.contentType ?? "application/json", etag: head.etag, lastModified: head.lastModified,
            cacheControl: head.safeCacheControl, freshness: freshness, body: body)
        let isStored = await cache.store(answer, for: key, generation: generation)
        return kept(answer, age: freshness.age, plan, "fwd=\(reason)\(isStored ? "; stored" : "")")
    }

    /// Of a method that may change something.
    private func write(_ plan: Plan) async throws(GatewayProblem) -> GatewayAnswer {
        let match = plan.match
        let limit = match.route.body
        let content = try await RequestContent(plan.request, limit: limit, enough: match.isProcedure ? limit : RequestContent.beginning)
        let isSafe = match.isProcedure ? try permit(content.read, plan) : false
        let isStream = match.route.answer == .jsonOrStream && content.asksForStream
        if isStream { try plan.call.takeStream() }
        let forwarded: Forwarded
        if content.isWhole {
            forwarded = try await forward(plan, content: .whole(content.read), isStream: isStream)
        } else {
            forwarded = try await forward(plan, content: .following(length: content.length), isStream: isStream, following: content)
        }
        if forwarded.head.status < 400, !isSafe {
            if match.isProcedure || match.route.path == "tools/invoke" { cache.flush() } else { cache.invalidate(path: match.target) }
        }
        return forwarded.answer
    }

    /// Looks up the procedure that is called.
    ///
    /// - Returns: whether it changes nothing.
    private func permit(_ body: ByteBuffer, _ plan: Plan) throws(GatewayProblem) -> Bool {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: body.readableBytesView)
        } catch {
            throw GatewayProblem(.requestInvalid, "The body is no JSON.")
        }
        guard case .object = json, let method = json["method"]?.string else { throw GatewayProblem(.requestInvalid, "The body names no method.") }
        guard let role = GatewayRoutes.methods[method] else {
            let name = String(method.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(80).map(Character.init))
            throw GatewayProblem(.unknownRoute, "There is no method \(name) here.")
        }
        plan.call.name("rpc \(method)")
        guard plan.caller.role >= role else { throw GatewayProblem(.roleNeeded, "\(method) takes the role \(role).") }
        return GatewayRoutes.isSafe(method)
    }

    private func marked(_ answer: GatewayAnswer, _ status: String) -> GatewayAnswer {
        var answer = answer
        answer.headers[.cacheStatus] = "landing; \(status)"
        return answer
    }

    private func kept(_ answer: StoredAnswer, age: Int, _ plan: Plan, _ status: String) -> GatewayAnswer {
        var fields = CallerFields.fields(answer, age: age, for: plan.caller)
        fields[.cacheStatus] = "landing; \(status)"
        if let etag = answer.etag, plan.request.headers.ifNoneMatch(etag) {
            fields[.contentType] = nil
            return GatewayAnswer(status: .notModified, headers: fields, body: .bytes(ByteBuffer()))
        }
        return GatewayAnswer(status: .ok, headers: fields, body: .bytes(answer.body))
    }
}

// MARK: - The gateway is asked

extension GatewayProxy {
    private struct Forwarded {
        let head: AnswerHead
        let answer: GatewayAnswer
        /// Where the content has not come yet.
        var exchange: UpstreamExchange?
    }

    private func deadlines(firstByte: TimeAmount) -> UpstreamRequest.Deadlines {
        UpstreamRequest.Deadlines(firstByte: firstByte, idle: configuration.limits.idle, end: .now() + configuration.limits.total)
    }

    /// - Parameter following: what of the content has not been read yet.
    private func forward(
        _ plan: Plan, content: UpstreamRequest.Content = .none, etag: String? = nil, isStream: Bool = false, following: RequestContent? = nil
    ) async throws(GatewayProblem) -> Forwarded {
        let match = plan.match
        let admission = try standing.admit(usesToken: !match.isProbe)
        // An agent that is to give its whole answer at once thinks before the first byte of it.
        let thinksFirst = match.route.answer == .jsonOrStream && plan.request.method == .post && !isStream
        let limits = configuration.limits
        let isTokenShown = !match.isProbe || !standing.isTokenRefused
        let request = UpstreamRequest(
            method: plan.request.method == .get ? .GET : .POST, target: plan.query.isEmpty ? match.target : "\(match.target)?\(plan.query)",
            fields: ForwardedFields.fields(
                for: plan.request, of: plan.caller, to: configuration.endpoint.authority, authorization: isTokenShown ? authorization : nil,
                etag: etag),
            content: content, deadlines: deadlines(firstByte: thinksFirst ? max(limits.firstByte, limits.idle) : limits.firstByte))
        let first = upstream.start(request)
        plan.call.attach(first)
        if var following {
            do {
                try await following.send(to: first)
            } catch {
                standing.abandoned(admission)
                throw error
            }
        }
        let exchange: UpstreamExchange
        let head: AnswerHead
        do {
            let answer = try await upstream.answer(to: first)
            exchange = answer.exchange
            head = AnswerHead(answer.head)
        } catch {
            throw report(.failure(error), admission)
        }
        plan.call.attach(exchange)
        do {
            let forwarded = try await judged(head, exchange, plan, isConditional: etag != nil)
            standing.answered(admission)
            return forwarded
        } catch {
            let problem = report(error, admission)
            if problem.kind == .notEnabled { try await checkIdentity() }
            throw problem
        }
    }

    private enum Refusal: Error {
        case failure(UpstreamFailure)
        case problem(GatewayProblem)
    }

    private func judged(
        _ head: AnswerHead, _ exchange: UpstreamExchange, _ plan: Plan, isConditional: Bool
    ) async throws(Refusal) -> Forwarded {
        let match = plan.match
        if let problem = AnswerVerdict.problem(head, for: match.route) { throw .problem(problem) }
        if head.status == 304, isConditional {
            return Forwarded(head: head, answer: GatewayAnswer(status: .notModified, headers: [:], body: .bytes(ByteBuffer())))
        }
        let status = HTTPResponse.Status(code: head.status)
        guard (200..<300).contains(head.status) else {
            let body = try await whole(exchange)
            if let problem = AnswerVerdict.problem(head, body, for: match, hasToken: authorization != nil) { throw .problem(problem) }
            let fields = CallerFields.fields(head, for: plan.caller)
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if head.isEventStream { return try stream(head, exchange, plan) }
        var fields = CallerFields.fields(head, for: plan.caller)
        if match.route.path == "health" {
            let body = try await whole(exchange)
            if let problem = AnswerVerdict.problem(ofHealth: head, body) { throw .problem(problem) }
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if let body = exchange.takeIfComplete() {
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if let length = head.contentLength { fields[.contentLength] = String(length) }
        let body = AnswerStream(status: head.status, exchange, call: plan.call)
        return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .stream(body)), exchange: exchange)
    }

    private func stream(_ head: AnswerHead, _ exchange: UpstreamExchange, _ plan: Plan) throws(Refusal) -> Forwarded {
        do {
            // Where the request did not say that it would be one.
            try plan.call.takeStream()
        } catch {
            throw .problem(error)
        }
        exchange.beginHeartbeat(every: configuration.limits.heartbeat)
        plan.call.watchSession(over: exchange)
        let events = EventStream(exchange, call: plan.call, endsWithDone: plan.request.method == .post)
        let fields = CallerFields.stream(for: plan.caller)
        return Forwarded(
            head: head, answer: GatewayAnswer(status: .init(code: head.status), headers: fields, body: .stream(events)), exchange: exchange)
    }

    /// The content of an answer that is read here.
    private func whole(_ exchange: UpstreamExchange) async throws(Refusal) -> ByteBuffer {
        switch await exchange.collect(upTo: AnswerVerdict.limit) {
        case .whole(let bytes): return bytes
        case .beginning: throw .problem(GatewayProblem(.answerBroken, "it is longer than such an answer can be"))
        case .failed(let failure): throw .failure(failure)
        }
    }

    private func report(_ refusal: Refusal, _ admission: GatewayStanding.Admission) -> GatewayProblem {
        switch refusal {
        case .problem(let problem):
            standing.refused(admission, problem)
            return problem
        case .failure(let failure):
            switch failure {
            case .cancelled, .sessionEnded, .stopped: standing.abandoned(admission)
            case .unreachable, .lost, .broken, .slow: standing.failed(admission, failure.problem)
            }
            return failure.problem
        }
    }

    /// What seems not to be enabled may belong to another program; that is asked now and then.
    private func checkIdentity() async throws(GatewayProblem) {
        let now = means.now()
        let isDue = identityCheck.withLock { last in
            if let last, now - last < .seconds(10) { return false }
            last = now
            return true
        }
        if isDue {
            do {
                try await probe()
            } catch  where error.kind != .notOpenClaw {
                // The call itself has said more than that.
                return
            }
        } else if let problem = standing.problem, problem.kind == .notOpenClaw {
            throw problem
        }
    }
}

extension HTTPFields {
    /// Whether the caller has that already (RFC 9110, section 13.1.2).
    fileprivate func ifNoneMatch(_ etag: String) -> Bool {
        func opaque(_ tag: Substring) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }
        return self[values: .ifNoneMatch].contains { value in
            value.split(separator: ",").contains { $0.trimmed == "*" || opaque($0.trimmed) == opaque(etag[...]) }
        }
    }
}

import HTTPTypes
import JSON
import NIOCore
import Synchronization

extension GatewayProxy {
    /// What is known of a call before the gateway is asked.
    final class Plan: Sendable {
        let match: RouteMatch
        let query: String
        let request: GatewayRequest
        let caller: GatewayCaller
        let call: OpenCall

        init(match: RouteMatch, query: String, request: GatewayRequest, caller: GatewayCaller, call: OpenCall) {
            self.match = match
            self.query = query
            self.request = request
            self.caller = caller
            self.call = call
        }

        /// What an answer is kept under.
        var key: AnswerCache.Key {
            AnswerCache.Key(role: caller.role, path: match.target, query: query, accept: ForwardedFields.accept(request))
        }
    }

    func answer(_ request: GatewayRequest, for caller: GatewayCaller, call: OpenCall) async throws(GatewayProblem) -> GatewayAnswer {
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

    static func asksForStream(_ accept: String) -> Bool { accept != "*/*" && accept != "application/json" && accept.contains("text/event-stream") }

    /// Of a method that changes nothing: from the cache, where that has it.
    func read(_ plan: Plan) async throws(GatewayProblem) -> GatewayAnswer {
        guard RequestContent.isEmpty(plan.request.headers) else { throw RequestContent.tooLarge(0) }
        let accept = ForwardedFields.accept(plan.request)
        let isStream = Self.asksForStream(accept)
        if plan.match.route.answer == .jsonOrStream, isStream {
            try plan.call.takeStream()
            return try await forward(plan, isStream: true).answer
        }
        let wishes = CacheDirectives(plan.request.headers[values: .cacheControl])
        if wishes.noStore { return marked(try await forward(plan).answer, "fwd=request") }
        let key = plan.key
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
    func refreshed(
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
    func keep(
        _ forwarded: Forwarded, under key: AnswerCache.Key, generation: Int, _ plan: Plan, reason: String
    ) async throws(GatewayProblem) -> GatewayAnswer {
        let head = forwarded.head
        guard head.status == 200, head.isJSON, let freshness = Freshness(head), (head.contentLength ?? 0) <= AnswerCache.largest else {
            if head.status == 200 { cache.noteUnkept(key) }
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
    func write(_ plan: Plan) async throws(GatewayProblem) -> GatewayAnswer {
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
    func permit(_ body: ByteBuffer, _ plan: Plan) throws(GatewayProblem) -> Bool {
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

    func marked(_ answer: GatewayAnswer, _ status: String) -> GatewayAnswer {
        var answer = answer
        answer.headers[.cacheStatus] = "landing; \(status)"
        return answer
    }

    func kept(_ answer: StoredAnswer, age: Int, _ plan: Plan, _ status: String) -> GatewayAnswer {
        var fields = CallerFields.fields(answer, age: age, for: plan.caller)
        fields[.cacheStatus] = "landing; \(status)"
        if let etag = answer.etag, plan.request.headers.ifNoneMatch(etag) {
            fields[.contentType] = nil
            return GatewayAnswer(status: .notModified, headers: fields, body: .bytes(ByteBuffer()))
        }
        return GatewayAnswer(status: .ok, headers: fields, body: .bytes(answer.body))
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

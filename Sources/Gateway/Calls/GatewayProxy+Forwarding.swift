import HTTPTypes
import NIOCore
import NIOHTTP1
import Synchronization

extension GatewayProxy {
    struct Forwarded {
        let head: AnswerHead
        let answer: GatewayAnswer
        /// Where the content has not come yet.
        var exchange: UpstreamExchange?
    }

    func deadlines(firstByte: TimeAmount) -> UpstreamRequest.Deadlines {
        UpstreamRequest.Deadlines(firstByte: firstByte, idle: configuration.limits.idle, end: .now() + configuration.limits.total)
    }

    /// - Parameter following: what of the content has not been read yet.
    func forward(
        _ plan: Plan, content: UpstreamRequest.Content = .none, etag: String? = nil, isStream: Bool = false, following: RequestContent? = nil
    ) async throws(GatewayProblem) -> Forwarded {
        let sent = send(plan, try standing.admit(usesToken: !plan.match.isProbe), content: content, etag: etag, isStream: isStream)
        if var following {
            do {
                try await following.send(to: sent.exchange)
            } catch {
                standing.abandoned(sent.admission)
                throw error
            }
        }
        return try await receive(sent, plan)
    }

    /// A request that is on its way to the gateway.
    struct Sent: Sendable {
        let admission: GatewayStanding.Admission
        let exchange: UpstreamExchange
        let isConditional: Bool
    }

    func send(
        _ plan: Plan, _ admission: GatewayStanding.Admission, content: UpstreamRequest.Content = .none, etag: String? = nil, isStream: Bool = false
    ) -> Sent {
        let match = plan.match
        // An agent that is to give its whole answer at once thinks before the first byte of it.
        let thinksFirst = match.route.answer == .jsonOrStream && plan.request.method == .post && !isStream
        let limits = configuration.limits
        let isTokenShown = !match.isProbe || !standing.isTokenRefused
        let request = UpstreamRequest(
            method: plan.request.method == .get ? .GET : .POST, target: plan.query.isEmpty ? match.target : "\(match.target)?\(plan.query)",
            fields: ForwardedFields(ownFields, isTokenShown: isTokenShown, for: plan.request, of: plan.caller, etag: etag),
            content: content, deadlines: deadlines(firstByte: thinksFirst ? max(limits.firstByte, limits.idle) : limits.firstByte))
        let exchange = upstream.start(request)
        plan.call.attach(exchange)
        return Sent(admission: admission, exchange: exchange, isConditional: etag != nil)
    }

    /// Waits for the answer, and judges it.
    func receive(_ sent: Sent, _ plan: Plan) async throws(GatewayProblem) -> Forwarded {
        let admission = sent.admission
        let exchange: UpstreamExchange
        let head: AnswerHead
        do {
            let answer = try await upstream.answer(to: sent.exchange)
            exchange = answer.exchange
            head = answer.head
        } catch {
            throw report(.failure(error), admission)
        }
        plan.call.attach(exchange)
        do {
            let forwarded = try await judged(head, exchange, plan, isConditional: sent.isConditional)
            standing.answered(admission)
            return forwarded
        } catch {
            let problem = report(error, admission)
            if problem.kind == .notEnabled { try await checkIdentity() }
            throw problem
        }
    }

    enum Refusal: Error {
        case failure(UpstreamFailure)
        case problem(GatewayProblem)
    }

    func judged(
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
            if let problem = AnswerVerdict.problem(head, body, for: match, hasToken: ownFields.authorization != nil) { throw .problem(problem) }
            let fields = CallerFields.fields(head, for: plan.caller)
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if head.isEventStream { return try stream(head, exchange, plan) }
        var fields = CallerFields.fields(head, for: plan.caller)
        // A short one is waited for: it breaks before anything of it has gone out, and can be compressed.
        let isShort = head.contentLength.map { $0 <= UpstreamExchange.enough } ?? false
        let isHealth = match.route.path == "health"
        if isShort || isHealth {
            let body = try await whole(exchange)
            if isHealth, let problem = AnswerVerdict.problem(ofHealth: head, body) { throw .problem(problem) }
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if let body = exchange.takeIfComplete() {
            return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .bytes(body)))
        }
        if let length = head.contentLength { fields[.contentLength] = String(length) }
        let body = AnswerStream(status: head.status, exchange, call: plan.call)
        return Forwarded(head: head, answer: GatewayAnswer(status: status, headers: fields, body: .stream(body)), exchange: exchange)
    }

    func stream(_ head: AnswerHead, _ exchange: UpstreamExchange, _ plan: Plan) throws(Refusal) -> Forwarded {
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
    func whole(_ exchange: UpstreamExchange) async throws(Refusal) -> ByteBuffer {
        switch await exchange.collect(upTo: AnswerVerdict.limit) {
        case .whole(let bytes): return bytes
        case .beginning: throw .problem(GatewayProblem(.answerBroken, "it is longer than such an answer can be"))
        case .failed(let failure): throw .failure(failure)
        }
    }

    func report(_ refusal: Refusal, _ admission: GatewayStanding.Admission) -> GatewayProblem {
        switch refusal {
        case .problem(let problem):
            standing.refused(admission, problem)
            return problem
        case .failure(let failure):
            switch failure {
            case .cancelled, .sessionEnded, .stopped: standing.abandoned(admission)
            case .unreachable, .untrusted, .lost, .broken, .slow: standing.failed(admission, failure.problem)
            }
            return failure.problem
        }
    }

    /// What seems not to be enabled may belong to another program; that is asked now and then.
    func checkIdentity() async throws(GatewayProblem) {
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

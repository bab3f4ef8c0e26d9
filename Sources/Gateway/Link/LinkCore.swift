import JSON
import Logging
import NIOCore

/// Keeps the link's connection, and the questions that wait for an answer. Only on its event loop.
final class LinkCore {
    /// A request that is out.
    private struct Question {
        let method: String
        /// Where others may ask the same and share the answer.
        let key: String?
        var waiters: [ObjectIdentifier: Waiting] = [:]
        var life: Scheduled<Void>?
    }

    private struct Waiting {
        let waiter: LinkWaiter
        let deadline: Scheduled<Void>
    }

    /// Of one caller.
    struct Call: Sendable {
        let method: String
        let params: JSONValue
        /// Method and parameters, where the answer may be shared; `nil` otherwise.
        let key: String?
        let keptFor: Duration
        let deadline: TimeAmount
        let waiter = LinkWaiter()
    }

    /// Questions, and callers, that wait at once.
    private static let limit = 1_024
    /// How long an answer that would be kept is awaited when nobody waits for it any more.
    private static let patience = TimeAmount.minutes(2)
    /// A payload above this, in bytes, is built elsewhere than on the event loop.
    private static let largeAnswer = 256 << 10
    /// A connection that held for less counts as one that failed.
    private static let steady = TimeAmount.seconds(5)

    private let settings: GatewaySocket.Settings
    private let audience: LinkAudience
    private let loop: any EventLoop
    private let means: GatewayMeans
    private var backoff: LinkBackoff
    private var socket: GatewaySocket?
    private var isReady = false
    private var readySince = NIODeadline.now()
    private var isRunning = false
    private var isOut = false
    private var announced: GatewayProblem?
    private var next: Scheduled<Void>?
    private var questions: [String: Question] = [:]
    private var shared: [String: String] = [:]
    private var callers = 0
    private var kept = KeptAnswers()

    init(_ settings: GatewaySocket.Settings, audience: LinkAudience, on loop: any EventLoop, means: GatewayMeans) {
        self.settings = settings
        self.audience = audience
        self.loop = loop
        self.means = means
        backoff = LinkBackoff(settings.patience, jitter: means.jitter)
    }

    func start() {
        guard !isRunning else { return }
        isRunning = true
        connect()
    }

    func stop() {
        isRunning = false
        next?.cancel()
        socket?.close(1001, "going away")
        socket = nil
        isReady = false
        let problem = GatewayProblem(.unreachable, "This site is going down.")
        failAll(problem)
        audience.end(.unavailable(problem))
    }

    private func connect() {
        guard isRunning else { return }
        announced = nil
        let socket = GatewaySocket(settings, on: loop, owner: self)
        self.socket = socket
        socket.open()
    }

    // MARK: Calls

    func ask(_ call: Call) {
        if let key = call.key {
            if let value = kept.value(for: key, at: means.now(), within: call.keptFor) { return call.waiter.give(.success(value)) }
            if let id = shared[key] { return join(id, call) }
        }
        guard isReady, announced == nil, let socket else { return call.waiter.give(.failure(absence)) }
        guard questions.count < Self.limit else {
            return call.waiter.give(.failure(GatewayProblem(.slow, "Too many wait for it already.", retryAfter: 5)))
        }
        let id = settings.makeID()
        var question = Question(method: call.method, key: call.key)
        if let key = call.key {
            shared[key] = id
            question.life = loop.assumeIsolated().scheduleTask(in: max(Self.patience, call.deadline)) {
                self.settle(id, .failure(GatewayProblem(.slow)))
            }
        }
        questions[id] = question
        join(id, call)
        socket.send(GatewayFrame.request(id: id, method: call.method, params: call.params).text)
    }

    /// The caller has gone.
    func leave(_ call: Call) {
        for (id, question) in questions where question.waiters[ObjectIdentifier(call.waiter)] != nil { leave(id, call.waiter) }
    }

    private func join(_ id: String, _ call: Call) {
        guard callers < Self.limit else {
            return call.waiter.give(.failure(GatewayProblem(.slow, "Too many wait for it already.", retryAfter: 5)))
        }
        callers += 1
        let deadline = loop.assumeIsolated().scheduleTask(in: call.deadline) {
            call.waiter.give(.failure(GatewayProblem(.slow, "\(call.method) was not answered in time.")))
            self.leave(id, call.waiter)
        }
        questions[id]?.waiters[ObjectIdentifier(call.waiter)] = Waiting(waiter: call.waiter, deadline: deadline)
    }

    private func leave(_ id: String, _ waiter: LinkWaiter) {
        guard let waiting = questions[id]?.waiters.removeValue(forKey: ObjectIdentifier(waiter)) else { return }
        waiting.deadline.cancel()
        callers -= 1
        guard let question = questions[id], question.waiters.isEmpty, question.key == nil else { return }
        questions[id] = nil
    }

    /// After a change, what is known of the same things is asked for anew: `channels.stop` makes `channels.status` another.
    private func forget(whatChangesWith method: String) {
        let family = method.prefix { $0 != "." } + "."
        for prefix in family == "chat." ? ["chat.", "sessions."] : [String(family)] {
            kept.removeAll(beginningWith: prefix)
            // Who asks from now on does not get an answer that was asked for before.
            for key in shared.keys.filter({ $0.hasPrefix(prefix) }) { shared[key] = nil }
        }
    }

    private func settle(_ id: String, _ result: Result<JSONValue, GatewayProblem>, size: Int = 0) {
        guard let question = questions.removeValue(forKey: id) else { return }
        question.life?.cancel()
        if let key = question.key {
            let isCurrent = shared[key] == id
            if isCurrent { shared[key] = nil }
            if isCurrent, case .success(let value) = result { kept.keep(value, size: size, for: key, at: means.now()) }
        }
        if !GatewayRoutes.isSafe(question.method) { forget(whatChangesWith: question.method) }
        callers -= question.waiters.count
        for waiting in question.waiters.values {
            waiting.deadline.cancel()
            waiting.waiter.give(result)
        }
    }

    private func failAll(_ problem: GatewayProblem) { for id in questions.keys { settle(id, .failure(problem)) } }

    private var absence: GatewayProblem {
        if let announced { return announced }
        if case .unavailable(let problem) = audience.state { return problem }
        return GatewayProblem(.unreachable, "It is being connected to.", retryAfter: 1)
    }

    private func receiveAnswer(_ head: FrameHead, _ text: ByteBuffer) {
        guard let id = head.id, let question = questions[id] else { return }
        guard head.isOK == true else {
            return settle(id, .failure(.asking(question.method, GatewayFailure(text.value(at: head.error) ?? .null))))
        }
        let size = head.payload?.count ?? 0
        guard size > Self.largeAnswer else { return settle(id, .success(text.value(at: head.payload) ?? .null), size: size) }
        let core = NIOLoopBound(self, eventLoop: loop)
        let payload = head.payload
        Task { [loop] in
            let value = text.value(at: payload) ?? .null
            loop.execute { core.value.settle(id, .success(value), size: size) }
        }
    }
}

extension LinkCore: GatewaySocketOwner {
    func gatewaySocketIsChallenged(time: Int) {}

    func gatewaySocketIsReady(_ greeting: GatewayGreeting) {
        isReady = true
        readySince = .now()
        if isOut { means.logger.notice("The gateway is available again") }
        isOut = false
        // What it answers is of no interest: an older gateway tells less, and that is all.
        socket?.send(GatewayFrame.request(id: settings.makeID(), method: "sessions.subscribe", params: [:]).text)
        audience.tell(.ready(greeting.hello))
    }

    func gatewaySocketReceived(_ head: FrameHead, _ text: ByteBuffer) {
        switch head.type {
        case "res": receiveAnswer(head, text)
        case "event": receiveEvent(head, text)
        default: break
        }
    }

    private func receiveEvent(_ head: FrameHead, _ text: ByteBuffer) {
        guard let name = head.event else { return }
        if name == "shutdown" { announce(text.value(at: head.payload) ?? [:]) }
        guard audience.hasListeners else { return }
        audience.tell(GatewayEvent(name: name, payload: text.value(at: head.payload) ?? .null, sequence: head.sequence))
    }

    private func announce(_ shutdown: JSONValue) {
        let seconds = shutdown["restartExpectedMs"]?.double.map { Int((max(0, min($0, 600_000)) / 1_000).rounded(.up)) }
        let problem = GatewayProblem(.restarting, retryAfter: seconds)
        announced = problem
        audience.tell(.unavailable(problem))
    }

    func gatewaySocketWritabilityChanged() {}

    func gatewaySocketEnded(_ problem: GatewayProblem) {
        if isReady, .now() - readySince >= Self.steady { backoff.reset() }
        isReady = false
        socket = nil
        let problem = announced ?? problem
        if !isOut {
            isOut = true
            means.logger.warning("The gateway is unavailable", metadata: ["reason": "\(problem.kind.rawValue)", "detail": "\(problem.detail)"])
        }
        failAll(problem)
        audience.tell(.unavailable(problem))
        next = loop.assumeIsolated().scheduleTask(in: backoff.next(after: problem)) { self.connect() }
    }
}

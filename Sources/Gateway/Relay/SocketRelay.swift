import JSON
import NIOCore

/// A browser's socket and the one to the gateway that belongs to it. Only on the event loop of both.
final class SocketRelay {
    private struct Pending {
        let method: String
        let began: ContinuousClock.Instant
    }

    /// Requests that wait for an answer at once, and those that may wait for the gateway to greet, with their bytes.
    private static let pendingLimit = 256
    private static let earlyLimit = 16
    private static let earlySize = 256 << 10
    /// Requests that are refused for being too many before the socket is closed.
    private static let patienceWithRequests = 120
    /// Rounds of pings in which a browser takes nothing at all.
    private static let stalledRounds = 4
    private static let longestRequest = Duration.seconds(600)

    private let caller: GatewayCaller
    private let hall: SocketHall
    private let settings: GatewaySocket.Settings
    private let means: GatewayMeans
    private let began: ContinuousClock.Instant
    private var place: SocketHall.Place?
    private var number: Int?
    private var browser: MessageSocket?
    private var gateway: GatewaySocket?
    private var greeting: GatewayGreeting?
    private var isLeaving = false
    private var isBrowserPaused = false
    private var hasChallenged = false
    private var hasConnected = false
    private var connectID: String?
    private var early: [BrowserRequest] = []
    private var pending: [String: Pending] = [:]
    private var runs = StartedRuns()
    private var aborts: Set<String> = []
    private var refused = 0
    private var stalled = 0
    private var problem: GatewayProblem.Kind?
    private var heartbeat: Scheduled<Void>?
    private var session: Task<Void, Never>?

    init(_ caller: GatewayCaller, place: SocketHall.Place, hall: SocketHall, settings: GatewaySocket.Settings, means: GatewayMeans) {
        self.caller = caller
        self.place = place
        self.hall = hall
        self.settings = settings
        self.means = means
        began = means.now()
    }

    func join(_ channel: any Channel, at position: ChannelPipeline.SynchronousOperations.Position) throws {
        let browser = MessageSocket(.browser, limit: settings.configuration.limits.browserMessage, owner: self)
        self.browser = browser
        number = hall.enter(self, channel)
        do {
            try channel.pipeline.syncOperations.addHandler(browser, position: position)
        } catch {
            if let number { hall.leave(number) }
            throw error
        }
        guard number != nil else { return browser.close(1001, "going away") }
        // The browser may have gone already.
        guard !isLeaving else { return }
        if let refusal = hall.refusal(at: began) { return gatewaySocketEnded(refusal) }
        beat(channel.eventLoop)
        watchSession(channel.eventLoop)
        let gateway = GatewaySocket(settings, on: channel.eventLoop, owner: self)
        self.gateway = gateway
        gateway.open()
    }

    /// This site is going down. What the agents do goes on: the browser will be back.
    func goAway() {
        runs = StartedRuns()
        browser?.close(1001, "going away")
        leave()
    }

    // MARK: The ends

    private func watchSession(_ loop: any EventLoop) {
        let relay = NIOLoopBound(self, eventLoop: loop)
        let ending = caller.sessionEnding
        session = Task {
            for await _ in ending() {}
            guard !Task.isCancelled else { return }
            loop.execute { relay.value.endSession() }
        }
    }

    private func endSession() {
        guard !isLeaving else { return }
        problem = .sessionEnded
        browser?.close(1008, "session ended")
        leave()
    }

    private func refuse(_ code: UInt16, _ reason: String) {
        browser?.close(code, reason)
        leave()
    }

    /// Nobody is there any more who could read: ends what was started, and the connection to the gateway.
    private func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        heartbeat?.cancel()
        session?.cancel()
        early = []
        let now = means.now()
        for request in pending.values { record(request, 499, nil, now) }
        pending = [:]
        abortRuns()
    }

    private func abortRuns() {
        guard let gateway, greeting != nil, !runs.all.isEmpty else { return endGateway() }
        for run in runs.all {
            let id = settings.makeID()
            aborts.insert(id)
            var params: [String: JSONValue] = ["sessionKey": .string(run.sessionKey), "runId": .string(run.id)]
            params["agentId"] = run.agentID.map { .string($0) }
            gateway.send(GatewayFrame.request(id: id, method: "chat.abort", params: .object(params)).text)
        }
        gateway.resume()
        heartbeat = gateway.after(settings.patience.abort) { self.endGateway() }
    }

    private func endGateway() {
        heartbeat?.cancel()
        gateway?.close()
        gateway = nil
    }

    private func beat(_ loop: any EventLoop) {
        heartbeat = loop.assumeIsolated().scheduleTask(in: settings.patience.ping) {
            guard !self.isLeaving, let browser = self.browser else { return }
            self.expire()
            if browser.isWritable {
                self.stalled = 0
                if !self.isBrowserPaused {
                    guard browser.unansweredPings < 2 else { return self.refuse(1008, "ping timeout") }
                    browser.ping()
                }
            } else {
                self.stalled += 1
                if self.stalled >= Self.stalledRounds { return browser.drop() }
            }
            self.beat(loop)
        }
    }

    /// Forgets requests that the gateway never answered.
    private func expire() {
        let now = means.now()
        for (id, request) in pending where now - request.began > Self.longestRequest {
            pending[id] = nil
            record(request, 504, .slow, now)
        }
    }

    // MARK: Requests

    private func receive(_ request: BrowserRequest) {
        if request.method == "connect" { return connect(request.id) }
        let now = means.now()
        if let milliseconds = hall.wait(for: caller.id, at: now) {
            refused += 1
            guard refused <= Self.patienceWithRequests else { return refuse(1008, "too many requests") }
            let failure = GatewayFailure(code: "UNAVAILABLE", message: "too many requests", retryAfterMilliseconds: milliseconds)
            return refuse(request, failure, 429, .tooManyRequests, now)
        }
        guard let least = GatewayRoutes.methods[request.method], caller.role >= least else {
            let failure = GatewayFailure(
                code: "FORBIDDEN", message: "your account may not call this method", details: ["code": "ROLE_REQUIRED"])
            return refuse(request, failure, 403, .roleNeeded, now)
        }
        guard pending[request.id] == nil else {
            return refuse(
                request, GatewayFailure(code: "INVALID_REQUEST", message: "a request with this id is not answered yet"), 400, .requestInvalid, now)
        }
        guard pending.count < Self.pendingLimit else {
            let failure = GatewayFailure(code: "UNAVAILABLE", message: "too many requests wait for an answer", retryAfterMilliseconds: 1_000)
            return refuse(request, failure, 429, .tooManyRequests, now)
        }
        pending[request.id] = Pending(method: request.method, began: now)
        if greeting == nil { early.append(request) } else { forward(request) }
        balance()
    }

    private func forward(_ request: BrowserRequest) {
        if request.method == "chat.send" {
            let params = request.text.texts(["sessionKey", "idempotencyKey", "agentId"], at: request.params)
            // The gateway refuses those that lack one of these.
            if let sessionKey = params["sessionKey"], let key = params["idempotencyKey"] {
                runs.begin(request: request.id, sessionKey: sessionKey, agentID: params["agentId"], key: key)
            }
        }
        gateway?.send(request.text)
    }

    private func refuse(
        _ request: BrowserRequest, _ failure: GatewayFailure, _ status: Int, _ problem: GatewayProblem.Kind, _ now: ContinuousClock.Instant
    ) {
        browser?.send(GatewayFrame.failure(id: request.id, failure).text)
        record(Pending(method: request.method, began: now), status, problem, now)
        balance()
    }

    /// What a browser says of itself here counts for nothing.
    private func connect(_ id: String) {
        guard !hasConnected else {
            browser?.send(GatewayFrame.failure(id: id, GatewayFailure(code: "INVALID_REQUEST", message: "connected already")).text)
            return
        }
        hasConnected = true
        connectID = id
        greetBrowser()
    }

    private func greetBrowser() {
        guard let greeting, let connectID else { return }
        self.connectID = nil
        let payload = BrowserGreeting.payload(greeting, for: caller.role, messageLimit: settings.configuration.limits.browserMessage)
        browser?.send(GatewayFrame.answer(id: connectID, payload: payload).text)
    }

    /// Reads from each side only while the other takes it.
    private func balance() {
        guard !isLeaving, let browser, let gateway else { return }
        let isHeld =
            greeting == nil
            ? early.count >= Self.earlyLimit || early.reduce(0, { $0 + $1.text.readableBytes }) >= Self.earlySize
            : !gateway.isWritable
        let isStalled = !browser.isWritable
        isBrowserPaused = isHeld || isStalled
        if isBrowserPaused { browser.pause() } else { browser.resume() }
        if greeting != nil {
            if isStalled { gateway.pause() } else { gateway.resume() }
        }
    }

    // MARK: Records

    private func record(_ request: Pending, _ status: Int, _ problem: GatewayProblem.Kind?, _ now: ContinuousClock.Instant) {
        // Nobody at a browser invents names of routes.
        let method = GatewayRoutes.methods[request.method] == nil ? "(unknown)" : request.method
        means.record(
            GatewayCallRecord(
                callerID: caller.id, requestID: caller.requestID, route: "ws \(method)", status: status, problem: problem,
                duration: now - request.began))
    }

    private func recordSocket() {
        means.record(
            GatewayCallRecord(
                callerID: caller.id, requestID: caller.requestID, route: "ws", status: 101, problem: problem, duration: means.now() - began))
    }
}

extension SocketRelay: MessageSocketOwner {
    func socketReceived(_ socket: MessageSocket, _ text: ByteBuffer) {
        guard !isLeaving else { return }
        do {
            receive(try BrowserRequest(text))
        } catch {
            switch error {
            case .close(let code, let reason):
                problem = .requestInvalid
                refuse(code, reason)
            case .refuse(let id, let reason):
                refused += 1
                guard refused <= Self.patienceWithRequests else { return refuse(1008, "too many invalid requests") }
                browser?.send(GatewayFrame.failure(id: id, GatewayFailure(code: "INVALID_REQUEST", message: reason)).text)
                balance()
            }
        }
    }

    func socketWritabilityChanged(_ socket: MessageSocket) { balance() }

    func socketFails(_ socket: MessageSocket, _ end: SocketEnd) {
        if end.isOurs { problem = end.code == 1009 ? .requestTooLarge : .requestInvalid }
        leave()
    }

    func socketEnded(_ socket: MessageSocket, _ end: SocketEnd) {
        leave()
        browser = nil
        if let number { hall.leave(number) }
        place = nil
        recordSocket()
    }
}

extension SocketRelay: GatewaySocketOwner {
    func gatewaySocketIsChallenged(time: Int) {
        guard !hasChallenged else { return }
        hasChallenged = true
        let payload: JSONValue = ["nonce": .string(settings.makeID()), "ts": .integer(time)]
        browser?.send(GatewayFrame.event(GatewayEvent(name: "connect.challenge", payload: payload)).text)
    }

    func gatewaySocketIsReady(_ greeting: GatewayGreeting) {
        self.greeting = greeting
        greetBrowser()
        let requests = early
        early = []
        for request in requests { forward(request) }
        balance()
    }

    func gatewaySocketReceived(_ head: FrameHead, _ text: ByteBuffer) {
        switch head.type {
        case "res": pass(answer: head, text)
        case "event": pass(event: head, text)
        default: break
        }
    }

    private func pass(answer head: FrameHead, _ text: ByteBuffer) {
        guard let id = head.id else { return }
        if aborts.remove(id) != nil {
            if aborts.isEmpty { endGateway() }
            return
        }
        guard !isLeaving else { return }
        if let request = pending.removeValue(forKey: id) { finish(request, id, head, text) }
        browser?.send(text)
        balance()
    }

    private func finish(_ request: Pending, _ id: String, _ head: FrameHead, _ text: ByteBuffer) {
        let failure = head.isOK == true ? nil : GatewayFailure(text.value(at: head.error) ?? .null)
        if request.method == "chat.send" {
            let answer = text.texts(["runId", "status"], at: head.payload)
            if failure == nil { runs.accept(request: id, runID: answer["runId"], status: answer["status"]) } else { runs.refuse(request: id) }
        }
        record(request, failure.map(GatewayProblem.status) ?? 200, failure.map { GatewayProblem.asking(request.method, $0).kind }, means.now())
    }

    private func pass(event head: FrameHead, _ text: ByteBuffer) {
        guard !isLeaving, let name = head.event, let least = GatewayRoutes.role(toSee: name), caller.role >= least else { return }
        if name == "chat", !runs.all.isEmpty {
            let event = text.texts(["runId", "state"], at: head.payload)
            if let runID = event["runId"], let state = event["state"] { runs.hear(runID: runID, state: state) }
        }
        browser?.send(text)
        balance()
    }

    func gatewaySocketWritabilityChanged() { balance() }

    func gatewaySocketEnded(_ problem: GatewayProblem) {
        gateway = nil
        hall.remember(problem, at: means.now(), for: settings.patience.refusedPause)
        guard !isLeaving else { return }
        self.problem = problem.kind
        let now = means.now()
        for request in pending.values { record(request, problem.status, problem.kind, now) }
        pending = [:]
        refuse(problem.kind == .restarting ? 1012 : 1013, problem.kind.rawValue)
    }
}

import JSON
import NIOCore
import NIOWebSocket

/// One socket, from the challenge to its end.
final class SocketSession: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Bytes, before and after it has introduced itself.
    static let largestGreeting = 64 << 10
    static let largestFrame = 25 << 20

    private enum Phase {
        case challenged
        case ready(OperatorScopes)
        case closing
    }

    private let core: SimulatorCore
    private let origin: IngressAttribution
    /// Where the page comes from that has opened it.
    private let browserOrigin: String?
    private let connectionID: String
    private let nonce: String
    private var challengedAt = 0
    private var phase = Phase.challenged
    private var number: Int?
    private var context: ChannelHandlerContext?
    private var budget: Scheduled<Void>?
    private var ticks: Scheduled<Void>?
    private var sequence = 0
    private var client: JSONValue = .null
    private var followsSessions = false
    private var followedKeys: Set<String> = []

    init(core: SimulatorCore, origin: IngressAttribution, browserOrigin: String?) {
        self.core = core
        self.origin = origin
        self.browserOrigin = browserOrigin
        connectionID = core.ids.next()
        nonce = core.ids.next()
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        number = core.hub.add(self, on: context.eventLoop)
        guard !core.faults.silent else { return }
        if let browserOrigin, !core.configuration.allowedOrigins.contains(browserOrigin), !core.configuration.allowedOrigins.contains("*") {
            return close(code: 1008, reason: "CONTROL_UI_ORIGIN_NOT_ALLOWED")
        }
        if core.faults.garbage { return garble() }
        challengedAt = core.now
        budget = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(core.configuration.handshakeTime)) { [unowned self] in
            close(code: 1008, reason: "handshake timeout")
        }
        sendEvent("connect.challenge", ["nonce": .string(nonce), "ts": .integer(challengedAt)], isCounted: false)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    private func leave() {
        budget?.cancel()
        ticks?.cancel()
        budget = nil
        ticks = nil
        guard let number else { return }
        self.number = nil
        core.hub.remove(number)
        if client != .null { tellPresence() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(code: 1002, reason: "protocol error") }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        let isSilent = core.faults.silent
        switch frame.opcode {
        case .text where !isSilent: receive(frame.unmaskedData)
        case .binary where !isSilent: close(code: 1003, reason: "text frames only")
        case .ping where !isSilent: send(.pong, frame.unmaskedData)
        case .connectionClose:
            if case .closing = phase { return context.close(promise: nil) }
            phase = .closing
            var data = frame.unmaskedData
            let code = data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer()
            send(.connectionClose, code)
            context.close(promise: nil)
        default: break
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        if case .closing = phase { return }
        // What is wrong with it does not matter.
        guard let frame = try? JSONValue(parsing: bytes.readableBytesView), let problem = RequestFrame.problem(of: frame) else {
            return close(code: 1008, reason: "invalid request frame")
        }
        if core.faults.garbage { return garble() }
        switch phase {
        case .challenged:
            guard bytes.readableBytes <= Self.largestGreeting else { return close(code: 1009, reason: "payload too large") }
            guard problem.isEmpty else { return close(code: 1008, reason: "invalid request frame") }
            greet(frame)
        case .ready(let scopes):
            guard problem.isEmpty else { return answer(frame["id"], .failure(.invalid("invalid request frame: \(problem)"))) }
            perform(frame, scopes)
        case .closing: break
        }
    }

    private func greet(_ frame: JSONValue) {
        let handshake = Handshake(
            core: core, origin: origin, hasBrowserOrigin: browserOrigin != nil, nonce: nonce, challengedAt: challengedAt, connectionID: connectionID)
        switch handshake.greet(frame) {
        case .welcome(let welcome):
            budget?.cancel()
            phase = .ready(welcome.scopes)
            client = welcome.client
            if let number { core.hub.introduce(number, as: presence) }
            answer(frame["id"], .success(welcome.hello(presence: core.presence)))
            tick()
            tellPresence()
        case .refusal(let problem, let code):
            budget?.cancel()
            answer(frame["id"], .failure(problem), within: .zero)
            close(code: code, reason: problem.message)
        }
    }

    private func perform(_ frame: JSONValue, _ scopes: OperatorScopes) {
        let method = frame["method"]?.string ?? ""
        let params = frame["params"] ?? [:]
        if method == "connect" { return answer(frame["id"], .failure(.invalid("connect is only valid as the first request"))) }
        do throws(MethodProblem) {
            if let payload = try subscribe(method, params, scopes) { return answer(frame["id"], .success(payload)) }
            let found = try core.answer(method, params, scopes: scopes, over: .socket)
            answer(frame["id"], .success(found.payload), within: found.delay)
        } catch {
            answer(frame["id"], .failure(error))
        }
    }

    /// The methods that concern this socket; `nil` for others.
    private func subscribe(_ method: String, _ params: JSONValue, _ scopes: OperatorScopes) throws(MethodProblem) -> JSONValue? {
        guard method.hasSuffix("subscribe"), let known = SimulatorMethod.all[method] else { return nil }
        if let scope = known.scope, !scopes.allow(scope) { throw .missing(scope: scope) }
        let isOn = !method.hasSuffix(".unsubscribe")
        core.calls.add(method)
        guard method.hasPrefix("sessions.messages.") else {
            followsSessions = isOn
            return ["subscribed": .bool(isOn)]
        }
        guard let key = (params["key"] ?? params["sessionKey"])?.string, !key.isEmpty else {
            throw .invalid("invalid \(method) params: must have required property 'key'")
        }
        if isOn { followedKeys.insert(key) } else { followedKeys.remove(key) }
        return ["subscribed": .bool(isOn), "key": .string(key)]
    }

    // MARK: What is told

    func tell(_ event: SimulatorEvent) {
        guard case .ready(let scopes) = phase, !core.faults.silent else { return }
        switch event.audience {
        case .all: break
        case .readers: guard scopes.allow("operator.read") else { return }
        case .sessionList: guard scopes.allow("operator.read"), followsSessions else { return }
        case .session(let key): guard scopes.allow("operator.read"), followedKeys.contains(key) else { return }
        }
        if core.faults.garbage { return garble() }
        sendEvent(event.name, event.payload)
    }

    private func tick() {
        guard let context, case .ready = phase else { return }
        ticks = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(core.faults.tickInterval)) { [unowned self] in
            if !core.faults.silent { sendEvent("tick", ["ts": .integer(core.now)]) }
            tick()
        }
    }

    private var presence: JSONValue {
        .object(client.object.merging(["connId": .string(connectionID), "ts": .integer(core.now), "reason": "connect"]) { $1 })
    }

    private func tellPresence() { core.hub.publish(SimulatorEvent("presence", ["presence": .array(core.presence)])) }

    // MARK: Writing

    private func answer(_ id: JSONValue?, _ result: Result<JSONValue, MethodProblem>, within delay: Duration? = nil) {
        var members: [String: JSONValue] = ["type": "res", "id": id ?? "invalid"]
        switch result {
        case .success(let payload):
            members["ok"] = true
            members["payload"] = payload
        case .failure(let problem):
            members["ok"] = false
            members["error"] = problem.json
        }
        let text = JSONValue.object(members).text
        let pause = (delay ?? .zero) + (delay == .zero ? .zero : core.faults.firstByteDelay)
        guard pause > .zero, let context else { return send(.text, ByteBuffer(string: text)) }
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { self.send(.text, ByteBuffer(string: text)) }
    }

    private func sendEvent(_ name: String, _ payload: JSONValue, isCounted: Bool = true) {
        var members: [String: JSONValue] = ["type": "event", "event": .string(name), "payload": payload]
        if isCounted {
            sequence += 1
            members["seq"] = .integer(sequence)
        }
        send(.text, ByteBuffer(string: JSONValue.object(members).text))
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
        guard let context, number != nil, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: nil)
    }

    func close(code: Int, reason: String) {
        if case .closing = phase { return }
        phase = .closing
        guard let context else { return }
        var data = ByteBuffer()
        data.writeInteger(UInt16(code))
        data.writeString(String(decoding: reason.utf8.prefix(123), as: UTF8.self))
        send(.connectionClose, data)
        // Who does not answer to it is not waited for.
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { context.close(promise: nil) }
    }

    /// Closes without a word.
    func drop() { context?.close(promise: nil) }

    /// Half a message, then a frame of a kind that does not exist.
    private func garble() {
        send(.text, ByteBuffer(string: #"{"type":"event","event":"#))
        guard let context else { return }
        // `FD 03`: the last frame, all reserved bits, kind 13.
        guard let encoder = try? context.pipeline.syncOperations.context(name: "frame encoder") else { return drop() }
        encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: [0xFD, 0x03, 0x00, 0xFF, 0x07])), promise: nil)
    }
}

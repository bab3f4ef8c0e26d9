import JSON
import NIOCore

/// One socket to the gateway: from the connection through the handshake to its end. Only on its event loop.
final class GatewaySocket {
    /// What does not change from one socket to the next.
    struct Settings: Sendable {
        let dialer: GatewayDialer
        let configuration: GatewayConfiguration
        let device: GatewayDevice
        let scopes: [String]
        /// Whether what the gateway gives the device is kept; it may be less than others need.
        let keepsDeviceToken: Bool
        let patience: SocketPatience
        let makeID: @Sendable () -> String
    }

    private enum Phase {
        case fresh
        case dialing(MessageSocket)
        case greeting(MessageSocket, GatewayHandshake)
        case ready(MessageSocket)
        case ended
    }

    private let settings: Settings
    private let loop: any EventLoop
    private var owner: (any GatewaySocketOwner)?
    private var phase = Phase.fresh
    private var deadline: Scheduled<Void>?
    private var watchdog: Scheduled<Void>?
    private var usesDeviceToken = false
    private var isPaused = false

    init(_ settings: Settings, on loop: any EventLoop, owner: any GatewaySocketOwner) {
        self.settings = settings
        self.loop = loop
        self.owner = owner
    }

    func open() {
        guard case .fresh = phase else { return }
        deadline = loop.assumeIsolated().scheduleTask(in: settings.patience.handshake) {
            self.end(GatewayProblem(.slow, "It took too long to greet."))
        }
        dial()
    }

    var isWritable: Bool { if case .ready(let socket) = phase { socket.isWritable } else { false } }

    func send(_ text: ByteBuffer) { if case .ready(let socket) = phase { socket.send(text) } }

    func pause() {
        isPaused = true
        if case .ready(let socket) = phase { socket.pause() }
    }

    func resume() {
        isPaused = false
        if case .ready(let socket) = phase { socket.resume() }
    }

    /// Ends it without the owner being told.
    func close(_ code: UInt16 = 1000, _ reason: String = "") {
        owner = nil
        end(GatewayProblem(.unreachable), code: code, reason)
    }

    func after(_ time: TimeAmount, _ work: @escaping () -> Void) -> Scheduled<Void> { loop.assumeIsolated().scheduleTask(in: time, work) }

    private func dial() {
        let socket = MessageSocket(.gateway, limit: settings.configuration.limits.gatewayMessage, owner: self)
        phase = .dialing(socket)
        settings.dialer.dial(socket, on: loop, within: settings.patience.handshake).assumeIsolated().whenComplete { result in
            // Frames may have come before this, and the socket may have ended.
            switch (result, self.phase) {
            case (.failure(let error), .dialing(socket)): self.end(error as? GatewayProblem ?? GatewayProblem(.unreachable))
            case (.success, .dialing(socket)): self.greet(socket)
            case (.success(let channel), .ended): channel.close(promise: nil)
            default: break
            }
        }
    }

    private func greet(_ socket: MessageSocket) {
        let secret: GatewayCredentials.Secret =
            if let token = settings.device.deviceToken {
                .deviceToken(token)
            } else if let token = settings.configuration.token {
                .token(token)
            } else {
                .none
            }
        usesDeviceToken = settings.device.deviceToken != nil
        let credentials = GatewayCredentials(device: settings.device, scopes: settings.scopes, secret: secret)
        phase = .greeting(socket, GatewayHandshake(credentials, requestID: settings.makeID()))
    }

    private func become(ready socket: MessageSocket, _ greeting: GatewayGreeting) {
        deadline?.cancel()
        phase = .ready(socket)
        if isPaused { socket.pause() }
        if settings.keepsDeviceToken, let token = greeting.payload["auth"]?["deviceToken"]?.string { settings.device.deviceToken = token }
        watch(socket, greeting.tickInterval)
        owner?.gatewaySocketIsReady(greeting)
    }

    private func watch(_ socket: MessageSocket, _ interval: TimeAmount) {
        watchdog = loop.assumeIsolated().scheduleTask(in: .nanoseconds(interval.nanoseconds / 2)) {
            // Nothing is heard from somebody who is not listened to.
            if !self.isPaused, .now() - socket.lastHeard > interval * 2 {
                self.end(GatewayProblem(.unreachable, "It has fallen silent."), code: 4000, "tick timeout")
            } else {
                self.watch(socket, interval)
            }
        }
    }

    private func refuse(_ problem: GatewayProblem, _ failure: GatewayFailure?, _ socket: MessageSocket) {
        let code = failure?.detailCode ?? ""
        // What the gateway once gave this device may be of no use any more; the shared token then gives another.
        if usesDeviceToken, code == "AUTH_DEVICE_TOKEN_MISMATCH" || code == "AUTH_TOKEN_MISMATCH" || code == "AUTH_SCOPE_MISMATCH" {
            settings.device.deviceToken = nil
            if settings.configuration.token != nil {
                dial()
                return socket.drop()
            }
        }
        end(problem)
    }

    private func end(_ problem: GatewayProblem, code: UInt16 = 1000, _ reason: String = "") {
        let socket: MessageSocket?
        switch phase {
        case .ended: return
        case .fresh: socket = nil
        case .dialing(let one), .greeting(let one, _), .ready(let one): socket = one
        }
        phase = .ended
        deadline?.cancel()
        watchdog?.cancel()
        socket?.close(code, reason)
        let owner = owner
        self.owner = nil
        owner?.gatewaySocketEnded(problem)
    }

    private func isMine(_ socket: MessageSocket) -> Bool {
        switch phase {
        case .dialing(let mine), .greeting(let mine, _), .ready(let mine): mine === socket
        case .fresh, .ended: false
        }
    }
}

private func ~= (one: MessageSocket, other: MessageSocket) -> Bool { one === other }

extension GatewaySocket: MessageSocketOwner {
    func socketReceived(_ socket: MessageSocket, _ text: ByteBuffer) {
        guard isMine(socket) else { return }
        if case .dialing = phase { greet(socket) }
        switch phase {
        case .greeting(let socket, var handshake):
            let step = handshake.receive(text)
            phase = .greeting(socket, handshake)
            switch step {
            case .waiting: break
            case .challenged(let time, let answer):
                socket.send(answer)
                owner?.gatewaySocketIsChallenged(time: time)
            case .greeted(let greeting): become(ready: socket, greeting)
            case .refused(let problem, let failure): refuse(problem, failure, socket)
            }
        case .ready:
            do {
                owner?.gatewaySocketReceived(try FrameHead(text), text)
            } catch {
                end(GatewayProblem(.answerBroken, "It sent what is no JSON."), code: error == .notUTF8 ? 1007 : 1008)
            }
        case .fresh, .dialing, .ended: break
        }
    }

    func socketWritabilityChanged(_ socket: MessageSocket) {
        guard case .ready(let mine) = phase, mine === socket else { return }
        owner?.gatewaySocketWritabilityChanged()
    }

    func socketFails(_ socket: MessageSocket, _ end: SocketEnd) { socketEnded(socket, end) }

    func socketEnded(_ socket: MessageSocket, _ end: SocketEnd) {
        guard isMine(socket) else { return }
        var problem = GatewayProblem.closed(end)
        if case .greeting = phase, end.code == nil, !end.isOurs { problem = GatewayProblem(.unreachable, "It broke the connection off.") }
        self.end(problem)
    }
}

/// Who uses a socket to the gateway, on its event loop.
protocol GatewaySocketOwner: AnyObject {
    /// - Parameter time: the gateway's, in milliseconds.
    func gatewaySocketIsChallenged(time: Int)
    func gatewaySocketIsReady(_ greeting: GatewayGreeting)
    func gatewaySocketReceived(_ head: FrameHead, _ text: ByteBuffer)
    func gatewaySocketWritabilityChanged()
    /// Once; nothing comes after it.
    func gatewaySocketEnded(_ problem: GatewayProblem)
}

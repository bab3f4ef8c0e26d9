import JSON
import NIOCore
import NIOSSL
import NIOWebSocket
import Synchronization
import TestSupport

/// A gateway that a test plays: the handshake by itself, each request as the test says.
final class SocketGateway: Sendable {
    /// What a test changes while it runs.
    struct Manner: Sendable {
        var scopes = ["operator.read", "operator.write", "operator.admin"]
        var methods = ["health", "chat.send", "config.set", "logs.tail"]
        var tickInterval = 30_000
        var protocolVersion = 4
        var deviceToken: String?
        var snapshot: JSONValue = ["health": ["ok": true], "configPath": "/secret/place"]
        /// The error of a refused `connect`, by its parameters.
        var refusal: @Sendable (JSONValue) -> JSONValue? = { _ in nil }
        /// The close after a refusal, or in place of a challenge.
        var close: (code: UInt16, reason: String)?
        var isMute = false
        /// The payload that answers a request; `nil` leaves it without an answer.
        var answer: @Sendable (_ method: String, _ params: JSONValue) -> JSONValue? = { method, params in
            ["method": .string(method), "params": params]
        }
    }

    private struct State {
        var manner = Manner()
        var requests: [JSONValue] = []
        var connects: [JSONValue] = []
        var sockets: [RawSocket] = []
        var closes: [UInt16] = []
    }

    static let challengeTime = 1_790_000_000_123
    private let state = Mutex(State())
    private let server = Mutex<RawSocketServer?>(nil)

    private let tls: NIOSSLContext?

    /// - Parameter tls: for one that speaks it.
    init(_ manner: Manner = Manner(), tls: NIOSSLContext? = nil) async throws {
        self.tls = tls
        state.withLock { $0.manner = manner }
        try await start(port: 0)
    }

    private func start(port: Int) async throws {
        let server = try await RawSocketServer.start(port: port, tls: tls) { [weak self] socket in try await self?.play(socket) }
        self.server.withLock { $0 = server }
    }

    var raw: RawSocketServer { server.withLock { $0! } }

    var url: String { raw.url }

    func change(_ change: (inout Manner) -> Void) { state.withLock { change(&$0.manner) } }

    /// All requests but `connect`, in their order.
    var requests: [JSONValue] { state.withLock { $0.requests } }

    func requests(_ method: String) -> [JSONValue] { requests.filter { $0["method"]?.string == method } }

    /// The parameters of each `connect`.
    var connects: [JSONValue] { state.withLock { $0.connects } }

    /// The codes of closes that came.
    var closes: [UInt16] { state.withLock { $0.closes } }

    var sockets: [RawSocket] { state.withLock { $0.sockets } }

    var openSockets: Int { sockets.filter { !$0.isClosed }.count }

    func tell(_ event: String, _ payload: JSONValue) {
        for socket in sockets where !socket.isClosed { socket.send(["type": "event", "event": .string(event), "payload": payload]) }
    }

    func stop() async { await raw.stop() }

    /// Ends all that there is and listens again on the same port.
    func restart() async throws {
        let port = raw.port
        await stop()
        try await start(port: port)
    }

    private func play(_ socket: RawSocket) async throws {
        state.withLock { $0.sockets.append(socket) }
        let manner = state.withLock { $0.manner }
        if manner.isMute { _ = try await eventually(within: .seconds(60)) { socket.isClosed } }
        if let close = manner.close { return try await end(socket, close) }
        socket.send(["type": "event", "event": "connect.challenge", "payload": ["nonce": "n-1", "ts": .integer(Self.challengeTime)]])
        let connect = try await socket.message()
        let params = connect["params"] ?? [:]
        state.withLock { $0.connects.append(params) }
        if let error = manner.refusal(params) {
            socket.send(["type": "res", "id": connect["id"] ?? .null, "ok": false, "error": error])
            return try await end(socket, (1008, "refused"))
        }
        var auth: [String: JSONValue] = ["role": "operator", "scopes": .array(manner.scopes.map { .string($0) })]
        auth["deviceToken"] = manner.deviceToken.map { .string($0) }
        socket.send([
            "type": "res", "id": connect["id"] ?? .null, "ok": true,
            "payload": [
                "type": "hello-ok", "protocol": .integer(manner.protocolVersion), "server": ["version": "2026.9.4", "connId": "c-1"],
                "features": ["methods": .array(manner.methods.map { .string($0) }), "events": ["chat", "tick", "config.changed", "secret"]],
                "snapshot": manner.snapshot, "auth": .object(auth),
                "policy": ["maxPayload": .integer(25 << 20), "tickIntervalMs": .integer(manner.tickInterval)],
            ],
        ])
        while true {
            let frame = try await patientFrame(socket)
            if frame.opcode == .connectionClose {
                var data = frame.unmaskedData
                state.withLock { $0.closes.append(data.readInteger() ?? 1005) }
                return
            }
            let request = try JSONValue(parsing: frame.unmaskedData.readableBytesView)
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.manner.answer
            }
            guard let payload = answer(request["method"]?.string ?? "", request["params"] ?? [:]) else { continue }
            let isError = payload["code"] != nil
            socket.send([
                "type": "res", "id": request["id"] ?? .null, "ok": .bool(!isError), (isError ? "error" : "payload"): payload,
            ])
        }
    }

    private func patientFrame(_ socket: RawSocket) async throws -> WebSocketFrame {
        _ = try await eventually(within: .seconds(120)) { socket.waiting > 0 || socket.isClosed }
        return try await socket.frame()
    }

    private func end(_ socket: RawSocket, _ close: (code: UInt16, reason: String)) async throws {
        socket.close(close.code, close.reason)
        _ = try await eventually { socket.isClosed }
    }
}

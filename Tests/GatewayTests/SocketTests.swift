import JSON
import NIOCore
import NIOPosix
import NIOWebSocket
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Sockets of browsers on a server of their own, before a gateway that the test plays.
private final class Fixture: Sendable {
    let gateway: SocketGateway
    let test = SocketMeans()
    let sockets: GatewaySockets
    let server: RawSocketServer

    init(_ role: GatewayRole = .user, token: String? = "secret", limits: GatewayLimits = GatewayLimits(), patience: SocketPatience = SocketPatience())
        async throws
    {
        gateway = try await SocketGateway()
        var configuration = GatewayConfiguration(endpoint: GatewayEndpoint(gateway.url)!, token: token)
        configuration.limits = limits
        let sockets = GatewaySockets(configuration, device: test.device(), means: test.means, patience: patience)
        self.sockets = sockets
        let ends = Ends()
        server = try await RawSocketServer.start(maxFrameSize: limits.browserMessage) { channel, _ in
            let caller = GatewayCaller(id: "ada", role: role, requestID: "r-1") {
                let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
                ends.all.withLock { $0.append(continuation) }
                return stream
            }
            do {
                try sockets.admit(caller).join(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        self.ends = ends
    }

    private final class Ends: Sendable {
        let all = Mutex<[AsyncStream<Void>.Continuation]>([])
    }

    private let ends: Ends

    func browser() async throws -> RawSocket { try await RawSocket.connect(port: server.port) }

    func endSessions() { for end in ends.all.withLock({ $0 }) { end.finish() } }

    func stop() async {
        await sockets.shutdown()
        await server.stop()
        await gateway.stop()
    }

    func records(_ route: String) -> [GatewayCallRecord] { test.records.filter { $0.route == route } }
}

@Suite(.serialized) struct SocketTests {
    private func ask(_ method: String, id: String = "b-1", _ params: JSONValue = [:]) -> JSONValue {
        ["type": "req", "id": .string(id), "method": .string(method), "params": params]
    }

    @Test func `a browser is greeted without any secret, and what it says of itself goes nowhere`() async throws {
        let fixture = try await Fixture()
        fixture.gateway.change { $0.deviceToken = "device-secret" }
        let browser = try await fixture.browser()
        let challenge = try await browser.message()
        #expect(challenge["event"] == "connect.challenge")
        #expect(challenge["payload"]?["ts"]?.int == SocketGateway.challengeTime && challenge["payload"]?["nonce"] != "n-1")
        browser.send(ask("connect", ["auth": ["token": "mine"], "scopes": ["operator.admin"]]))
        let hello = try await browser.message()
        #expect(hello["ok"] == true && hello["id"] == "b-1")
        let payload = try #require(hello["payload"])
        #expect(payload["features"] == ["methods": ["health", "chat.send"], "events": ["chat", "tick"]])
        #expect(payload["auth"] == ["role": "operator", "scopes": ["operator.read", "operator.write"]])
        #expect(payload["snapshot"] == ["health": ["ok": true]] && payload["protocol"] == 4)
        #expect(payload["policy"]?["maxPayload"] == 1_048_576)
        browser.send(ask("connect", id: "b-2"))
        #expect(try await browser.message()["error"]?["code"] == "INVALID_REQUEST")
        browser.send(ask("health", id: "b-3"))
        #expect(try await browser.message()["id"] == "b-3")
        #expect(fixture.gateway.requests.map { $0["method"] } == ["health"])
        let connect = try #require(fixture.gateway.connects.first)
        #expect(fixture.gateway.connects.count == 1 && connect["auth"] == ["token": "secret"])
        #expect(connect["scopes"] == ["operator.read", "operator.write"])
        #expect(fixture.test.tokens.isEmpty)
        await fixture.stop()
        #expect(fixture.records("ws health").map(\.status) == [200] && fixture.records("ws").map(\.status) == [101])
    }

    @Test func `requests pass as the same bytes, answers and events too, for those who may see them`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        // Before the gateway has greeted.
        browser.send(#"{ "id":"b-1", "method":"agents.list","type":"req", "params" : {"x":1.50} }"#)
        _ = try await browser.message()
        #expect(try await browser.message()["id"] == "b-1")
        fixture.gateway.tell("config.changed", ["secret": true])
        fixture.gateway.tell("device.pair.requested", [:])
        let event = #"{"seq":7,  "event":"chat","payload":{"state":"delta","deltaText":"grün 😀 \u00e9"},"type":"event"}"#
        for socket in fixture.gateway.sockets { socket.send(event) }
        #expect(try await browser.text() == event)
        browser.send(ask("config.set", id: "b-2"))
        browser.send(ask("logs.tail", id: "b-3"))
        browser.send(ask("no\nsuch", id: "b-4"))
        for id in ["b-2", "b-3", "b-4"] {
            let answer = try await browser.message()
            #expect(answer["id"]?.string == id && answer["ok"] == false)
            #expect(answer["error"]?["code"] == "FORBIDDEN" && answer["error"]?["details"]?["code"] == "ROLE_REQUIRED")
        }
        browser.send(#"{"type":"req","id":"b-5","method":"health","method":"config.set"}"#)
        #expect(try await browser.message()["error"]?["code"] == "INVALID_REQUEST")
        #expect(fixture.gateway.requests.map { $0["method"] } == ["agents.list"])
        await fixture.stop()
        #expect(fixture.records("ws (unknown)").map(\.status) == [403, 403])
        #expect(fixture.records("ws logs.tail").map(\.problem) == [.roleNeeded])
    }

    @Test(
        arguments: [
            ("{", 1008), ("[]", 1008), (#"{"type":"res","ok":true}"#, 1008), (#"{"type":"req","method":"health"}"#, 1008), ("\"\u{E9}\"", 1008),
        ] as [(String, UInt16)])
    func `what is no request closes the socket`(text: String, code: UInt16) async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        browser.send(text)
        #expect(try await browser.closing().code == code)
        #expect(try await eventually { browser.isClosed && fixture.gateway.openSockets == 0 } != nil)
        await fixture.stop()
    }

    @Test func `broken frames are answered with the code of their fault`() async throws {
        var limits = GatewayLimits()
        limits.browserMessage = 1_000
        limits.socketsPerCaller = 20
        let fixture = try await Fixture(limits: limits)
        func code(_ frames: [WebSocketFrame], isMasked: Bool = true) async throws -> UInt16 {
            let browser = try await fixture.browser()
            for frame in frames { browser.send(frame, isMasked: isMasked) }
            return try await browser.closing().code
        }
        let piece = ByteBuffer(string: "{\"")
        #expect(try await code([WebSocketFrame(fin: true, opcode: .binary, data: piece)]) == 1003)
        #expect(try await code([WebSocketFrame(fin: true, opcode: .text, data: piece)], isMasked: false) == 1002)
        #expect(try await code([WebSocketFrame(fin: true, rsv1: true, opcode: .text, data: piece)]) == 1002)
        #expect(try await code([WebSocketFrame(fin: true, opcode: .continuation, data: piece)]) == 1002)
        #expect(
            try await code([WebSocketFrame(fin: false, opcode: .text, data: piece), WebSocketFrame(fin: true, opcode: .text, data: piece)]) == 1002)
        #expect(try await code([WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(repeating: 0x20, count: 1_001))]) == 1009)
        let half = ByteBuffer(repeating: 0x20, count: 600)
        #expect(
            try await code([WebSocketFrame(fin: false, opcode: .text, data: half), WebSocketFrame(fin: true, opcode: .continuation, data: half)])
                == 1009)
        #expect(try await code([WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: [0x7B, 0x22, 0xFF, 0x22]))]) == 1007)
        #expect(try await code([WebSocketFrame(fin: true, opcode: .connectionClose, data: ByteBuffer(bytes: [3]))]) == 1002)
        await fixture.stop()
    }

    @Test func `fragments are put together, with pings between them`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        _ = try await browser.message()
        browser.send(WebSocketFrame(fin: false, opcode: .text, data: ByteBuffer(string: #"{"type":"req","id":"b"#)))
        browser.send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: "?")))
        browser.send(WebSocketFrame(fin: false, opcode: .continuation, data: ByteBuffer()))
        browser.send(WebSocketFrame(fin: true, opcode: .continuation, data: ByteBuffer(string: #"","method":"health"}"#)))
        #expect(try await browser.message()["id"] == "b")
        let gateway = try #require(fixture.gateway.sockets.first)
        gateway.send(WebSocketFrame(fin: false, opcode: .text, data: ByteBuffer(string: #"{"type":"event","ev"#)))
        gateway.send(WebSocketFrame(fin: true, opcode: .continuation, data: ByteBuffer(string: #"ent":"tick"}"#)))
        #expect(try await browser.text() == #"{"type":"event","event":"tick"}"#)
        await fixture.stop()
    }

    @Test func `a browser that goes away ends what it started`() async throws {
        let fixture = try await Fixture()
        fixture.gateway.change {
            $0.answer = { method, params in
                method == "chat.send" ? ["runId": params["idempotencyKey"] ?? .null, "status": "started"] : ["ok": true]
            }
        }
        let browser = try await fixture.browser()
        _ = try await browser.message()
        for name in ["done", "running", "other"] {
            browser.send(
                ask("chat.send", id: name, ["sessionKey": .string("main-\(name)"), "message": "hi", "idempotencyKey": .string("run-\(name)")]))
            #expect(try await browser.message()["id"]?.string == name)
        }
        fixture.gateway.tell("chat", ["runId": "run-done", "sessionKey": "main-done", "state": "final"])
        fixture.gateway.tell("chat", ["runId": "run-other", "sessionKey": "main-other", "state": "delta"])
        _ = try await browser.message { $0["payload"]?["state"] == "delta" }
        browser.channel.close(promise: nil)
        #expect(try await eventually(within: .seconds(1)) { fixture.gateway.openSockets == 0 } != nil)
        #expect(
            fixture.gateway.requests("chat.abort").map { $0["params"] } == [
                ["sessionKey": "main-running", "runId": "run-running"], ["sessionKey": "main-other", "runId": "run-other"],
            ])
        #expect(try await eventually { fixture.records("ws").count == 1 } != nil)
        await fixture.stop()
    }

    @Test func `a socket ends with its session, within a second`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        _ = try await browser.message()
        fixture.endSessions()
        let end = try await browser.closing()
        #expect(end.code == 1008 && end.reason == "session ended")
        #expect(try await eventually(within: .seconds(1)) { browser.isClosed && fixture.gateway.openSockets == 0 } != nil)
        #expect(fixture.records("ws").map(\.problem) == [.sessionEnded])
        await fixture.stop()
    }

    @Test func `a gateway that goes says why to the browser`() async throws {
        let fixture = try await Fixture()
        let one = try await fixture.browser()
        _ = try await one.message()
        one.send(ask("health"))
        _ = try await one.message()
        fixture.gateway.sockets.first?.close(1012, "restart")
        #expect(try await one.closing() == (1012, "gateway-restarting"))
        let two = try await fixture.browser()
        _ = try await two.message()
        fixture.gateway.sockets.last?.channel.close(promise: nil)
        #expect(try await two.closing() == (1013, "gateway-unreachable"))
        fixture.gateway.sockets.last?.send("{")
        let three = try await fixture.browser()
        three.send(ask("health"))
        _ = try await three.message { $0["id"] == "b-1" }
        fixture.gateway.sockets.last?.send("{")
        #expect(try await three.closing() == (1013, "gateway-answer-broken"))
        await fixture.gateway.stop()
        let four = try await fixture.browser()
        #expect(try await four.closing() == (1013, "gateway-unreachable"))
        await fixture.stop()
    }

    @Test func `a wrong token is shown once to the gateway, however often browsers come`() async throws {
        var limits = GatewayLimits()
        limits.socketsPerCaller = 20
        let fixture = try await Fixture(limits: limits)
        fixture.gateway.change { $0.refusal = { _ in ["code": "INVALID_REQUEST", "message": "no", "details": ["code": "AUTH_TOKEN_MISMATCH"]] } }
        for _ in 0..<5 {
            let browser = try await fixture.browser()
            #expect(try await browser.closing() == (1013, "gateway-token-wrong"))
        }
        #expect(fixture.gateway.connects.count == 1)
        fixture.gateway.change { $0.refusal = { _ in nil } }
        fixture.test.skip(.seconds(61))
        let browser = try await fixture.browser()
        #expect(try await browser.message()["event"] == "connect.challenge")
        await fixture.stop()
    }

    @Test func `places are few, and free again when a socket is gone`() async throws {
        var limits = GatewayLimits()
        limits.socketsPerCaller = 2
        let fixture = try await Fixture(limits: limits)
        let one = try await fixture.browser()
        let two = try await fixture.browser()
        _ = try await one.message()
        _ = try await two.message()
        let caller = GatewayCaller(id: "ada", role: .user, requestID: "r") { AsyncStream { _ in } }
        #expect(throws: GatewayProblem(.tooManyStreams)) { try fixture.sockets.admit(caller) }
        one.close(1000)
        #expect(try await one.closing().code == 1000)
        #expect(try await eventually { (try? fixture.sockets.admit(caller)) != nil } != nil)
        // A seat that nobody takes is free too.
        for _ in 0..<5 { _ = try fixture.sockets.admit(caller) }
        await fixture.stop()
    }

    @Test func `too many requests are refused, and then the socket`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        _ = try await browser.message()
        for number in 0..<120 {
            browser.send(ask("health", id: "b-\(number)"))
            #expect(try await browser.message()["ok"] == true)
        }
        browser.send(ask("health", id: "over"))
        let answer = try await browser.message()
        if answer["ok"] == false {
            #expect(answer["error"]?["code"] == "UNAVAILABLE" && (answer["error"]?["retryAfterMs"]?.int ?? 0) > 0)
        }
        for number in 0..<400 { browser.send(ask("health", id: "c-\(number)")) }
        #expect(try await browser.closing().code == 1008)
        #expect(fixture.gateway.requests("health").count < 300)
        await fixture.stop()
    }

    @Test func `a browser that answers no pings is left`() async throws {
        var patience = SocketPatience()
        patience.ping = .milliseconds(400)
        let fixture = try await Fixture(patience: patience)
        let alive = try await fixture.browser()
        let dead = try await fixture.browser()
        dead.answersPings.withLock { $0 = false }
        #expect(try await dead.closing() == (1008, "ping timeout"))
        #expect(dead.pings == 2)
        #expect(try await eventually { alive.pings > 2 } != nil)
        #expect(!alive.isClosed)
        await fixture.stop()
    }

    @Test func `a browser that does not read makes the gateway wait, and costs little`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        _ = try await browser.message()
        browser.send(ask("health"))
        _ = try await browser.message { $0["id"] == "b-1" }
        try await browser.channel.setOption(.autoRead, value: false).get()
        let socket = try #require(fixture.gateway.sockets.first)
        let event: JSONValue = ["type": "event", "event": "chat", "payload": ["text": .string(String(repeating: "x", count: 100_000))]]
        let text = ByteBuffer(string: event.text)
        // 40 MB, far more than sockets and buffers between them take.
        let sent = Atomic<Int>(0)
        for _ in 0..<400 {
            socket.channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: text)).whenSuccess {
                sent.add(1, ordering: .relaxed)
            }
        }
        var last = -1
        #expect(
            try await eventually {
                // That nothing more goes can only be seen by waiting for it: between two looks lies more than sockets need.
                let now = sent.load(ordering: .relaxed)
                try await Task.sleep(for: .milliseconds(200))
                defer { last = now }
                return now > 0 && now == last
            } != nil)
        #expect(sent.load(ordering: .relaxed) < 200)
        try await browser.channel.setOption(.autoRead, value: true).get()
        for _ in 0..<400 { #expect(try await browser.frame().length == text.readableBytes) }
        await fixture.stop()
    }

    @Test func `when the site goes down, sockets close with 1001 and nobody comes in`() async throws {
        let fixture = try await Fixture()
        let browser = try await fixture.browser()
        _ = try await browser.message()
        await fixture.sockets.shutdown()
        #expect(try await browser.closing().code == 1001)
        #expect(throws: GatewayProblem.self) {
            try fixture.sockets.admit(GatewayCaller(id: "b", role: .user, requestID: "r") { AsyncStream { _ in } })
        }
        await fixture.stop()
    }
}

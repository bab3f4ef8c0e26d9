import GatewaySimulator
import JSON
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SimulatorSocketTests {
    @Test(arguments: ["v3", "v2"])
    func `a device is paired on this machine, and comes back with its own token`(version: String) async throws {
        try await GatewaySimulator.run { simulator in
            let device = ExampleDevice(version: version)
            let hello = try await SocketClient(port: simulator.port).connect(device: device)
            let payload = hello["payload"]
            #expect(payload?["type"] == "hello-ok")
            #expect(payload?["protocol"] == 4)
            #expect(payload?["server"]?["version"]?.string?.hasSuffix("simulator") == true)
            #expect(payload?["auth"]?["scopes"] == ["operator.read", "operator.write"])
            #expect(payload?["policy"]?["tickIntervalMs"] == 15_000)
            #expect(payload?["features"]?["methods"]?.array.contains("chat.send") == true)
            #expect(payload?["snapshot"]?["health"]?["ok"] == true)
            let token = try #require(payload?["auth"]?["deviceToken"])

            let again = try await SocketClient(port: simulator.port)
            let challenge = try await again.event("connect.challenge")
            var params: [String: JSONValue] = [
                "minProtocol": 3, "maxProtocol": 4, "role": "operator", "scopes": ["operator.read"], "auth": ["deviceToken": token],
                "client": ["id": "gateway-client", "version": "1.0", "platform": "linux", "mode": "backend"],
            ]
            params["device"] = try device.proof(challenge: challenge, params: .object(params))
            #expect(try await again.call("connect", .object(params))["payload"]?["auth"]?["scopes"] == ["operator.read"])
        }
    }

    @Test func `more than was granted needs a person`() async throws {
        try await GatewaySimulator.run({ $0.pairsOnLoopback = false }) { simulator in
            let socket = try await SocketClient(port: simulator.port)
            let refused = try await socket.connect(device: ExampleDevice())
            #expect(refused["error"]?["code"] == "NOT_PAIRED")
            #expect(refused.code == "PAIRING_REQUIRED")
            #expect(refused["error"]?["details"]?["requestId"]?.string != nil)
            #expect(try await socket.next() == .close(1008, "pairing required"))
        }
    }

    @Test func `a device that is another is found out`() async throws {
        try await GatewaySimulator.run { simulator in
            func refusal(_ change: ([String: JSONValue]) -> [String: JSONValue]) async throws -> String? {
                try await SocketClient(port: simulator.port).connect(device: ExampleDevice()) { params in
                    params["device"] = .object(change(params["device"]?.object ?? [:]))
                }.code
            }
            let stranger = String(repeating: "0", count: 64)
            #expect(try await refusal { $0.merging(["id": .string(stranger)]) { $1 } } == "DEVICE_AUTH_DEVICE_ID_MISMATCH")
            #expect(try await refusal { $0.merging(["publicKey": "AAAA"]) { $1 } } == "DEVICE_AUTH_PUBLIC_KEY_INVALID")
            #expect(try await refusal { $0.merging(["nonce": "another"]) { $1 } } == "DEVICE_AUTH_NONCE_MISMATCH")
            #expect(try await refusal { $0.merging(["signedAt": 1]) { $1 } } == "DEVICE_AUTH_SIGNATURE_EXPIRED")
            let forged = String(repeating: "A", count: 86)
            #expect(try await refusal { $0.merging(["signature": .string(forged)]) { $1 } } == "DEVICE_AUTH_SIGNATURE_INVALID")
            // What is signed cannot be changed behind it.
            let more = try await SocketClient(port: simulator.port).connect(device: ExampleDevice()) { $0["scopes"] = ["operator.admin"] }
            #expect(more.code == "DEVICE_AUTH_SIGNATURE_INVALID")
        }
    }

    @Test func `without a device only the gateway's own kind has scopes`() async throws {
        try await GatewaySimulator.run { simulator in
            let backend = try await SocketClient(port: simulator.port).connect()
            #expect(backend["payload"]?["auth"]?["scopes"] == ["operator.read", "operator.write"])
            let socket = try await SocketClient(port: simulator.port)
            let client: JSONValue = ["id": "cli", "version": "1.0", "platform": "linux", "mode": "cli"]
            #expect(try await socket.connect { $0["client"] = client }["payload"]?["auth"]?["scopes"] == [])
            let refused = try await socket.call("agents.list")
            #expect(refused["error"]?["code"] == "FORBIDDEN")
            #expect(refused.code == "MISSING_SCOPE")
            #expect(refused["error"]?["details"]?["missingScope"] == "operator.read")
            #expect(try await socket.call("health")["ok"] == true)
        }
    }

    @Test func `whoever introduces themselves wrongly is told and closed`() async throws {
        try await GatewaySimulator.run { simulator in
            func refusal(_ change: (inout [String: JSONValue]) -> Void) async throws -> (String?, SocketClient.Message) {
                let socket = try await SocketClient(port: simulator.port)
                let answer = try await socket.connect(change: change)
                let close = try await socket.next()
                return (answer.code ?? answer["error"]?["code"]?.string, close)
            }
            func client(_ id: JSONValue, _ mode: JSONValue) -> JSONValue { ["id": id, "version": "1", "platform": "linux", "mode": mode] }
            let mode = try await refusal { $0["client"] = client("gateway-client", "operator") }
            #expect(mode.0 == "INVALID_REQUEST")
            #expect(mode.1 == .close(1008, "invalid connect params: at /client/mode: must be equal to constant"))
            #expect(try await refusal { $0["client"] = client("landing", "backend") }.0 == "INVALID_REQUEST")
            #expect(try await refusal { $0["color"] = "green" }.0 == "INVALID_REQUEST")
            let version = try await refusal { ($0["minProtocol"], $0["maxProtocol"]) = (2, 3) }
            #expect(version.0 == "PROTOCOL_MISMATCH")
            #expect(version.1 == .close(1002, "protocol mismatch"))
            #expect(try await refusal { $0["auth"] = ["token": "wrong"] }.0 == "AUTH_TOKEN_MISMATCH")
            #expect(try await refusal { $0["auth"] = [:] }.0 == "AUTH_TOKEN_MISSING")
            #expect(try await eventually { simulator.sockets == 0 } != nil)
        }
    }

    @Test func `a page of a browser is let in only from its origin`() async throws {
        try await GatewaySimulator.run({ $0.allowedOrigins = ["https://example.org"] }) { simulator in
            let stranger = try await SocketClient(port: simulator.port, headers: ["Origin": "https://elsewhere.example"])
            #expect(stranger.head.hasPrefix("HTTP/1.1 101"))
            #expect(try await stranger.next() == .close(1008, "CONTROL_UI_ORIGIN_NOT_ALLOWED"))
            let known = try await SocketClient(port: simulator.port, headers: ["Origin": "https://example.org"])
            // Its scopes are not those of the gateway's own kind.
            #expect(try await known.connect()["payload"]?["auth"]?["scopes"] == [])
            #expect(simulator.seen.last?.isUpgrade == true)
        }
    }

    @Test func `whoever does not introduce themselves is closed`() async throws {
        try await GatewaySimulator.run({ $0.handshakeTime = .milliseconds(20) }) { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.event("connect.challenge")
            #expect(try await socket.next() == .close(1008, "handshake timeout"))
        }
    }

    @Test func `an answer arrives in words, and is in the history then`() async throws {
        try await GatewaySimulator.run { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.connect()
            let sent = try await socket.call("chat.send", ["sessionKey": "main", "message": "<script>alert(1)</script>", "idempotencyKey": "run-1"])
            #expect(sent["payload"] == ["runId": "run-1", "status": "started"])
            var text = ""
            var sequence = 0
            while true {
                let event = try await socket.event("chat")
                #expect(event["runId"] == "run-1")
                #expect(event["seq"]?.int == sequence + 1)
                sequence += 1
                if event["state"] == "final" {
                    #expect(event["message"]?["content"]?.array.first?["text"] == .string(text))
                    break
                }
                text += event["deltaText"]?.string ?? ""
            }
            #expect(text.contains("<script>alert(1)</script>"))
            _ = try await socket.event("agent")
            let history = try await socket.call("chat.history", ["sessionKey": "agent:main:main", "limit": 1])
            #expect(history["payload"]?["messages"]?.array.first?["content"]?.array.first?["text"] == .string(text))
            let again = try await socket.call("chat.send", ["sessionKey": "main", "message": "again", "idempotencyKey": "run-1"])
            #expect(again["payload"]?["status"] == "ok")
            let careless = try await socket.call("chat.send", ["sessionKey": "main", "message": "again"])
            #expect(careless["error"]?["code"] == "INVALID_REQUEST")
        }
    }

    @Test func `an answer can be stopped from another socket, and outlives its own`() async throws {
        try await GatewaySimulator.run { simulator in
            let first = try await SocketClient(port: simulator.port)
            let second = try await SocketClient(port: simulator.port)
            _ = try await first.connect()
            _ = try await second.connect()
            _ = try await first.call("chat.send", ["sessionKey": "main", "message": "slow", "idempotencyKey": "run-2"])
            try await first.connection.close()
            #expect(try await eventually { simulator.sockets == 1 } != nil)
            #expect(simulator.runs == 1)
            let stopped = try await second.call("chat.abort", ["sessionKey": "agent:main:main"])
            #expect(stopped["payload"] == ["ok": true, "aborted": true, "runIds": ["run-2"]])
            var state = try await second.event("chat")["state"]
            while state == "delta" { state = try await second.event("chat")["state"] }
            #expect(state == "aborted")
            #expect(try await eventually { simulator.runs == 0 } != nil)
            #expect(try await second.call("chat.abort", ["sessionKey": "main"])["payload"]?["aborted"] == false)
        }
    }

    @Test func `who follows sessions is told of their changes`() async throws {
        try await GatewaySimulator.run { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.connect()
            _ = try await socket.call("sessions.subscribe")
            _ = try await socket.call("sessions.messages.subscribe", ["key": "agent:scribe:main"])
            _ = try await socket.call("chat.send", ["sessionKey": "agent:scribe:main", "message": "fail", "idempotencyKey": "run-3"])
            #expect(try await socket.event("session.message")["message"]?["role"] == "user")
            #expect(try await socket.event("sessions.changed")["hasActiveRun"] == true)
            var chat = try await socket.event("chat")
            while chat["state"] == "delta" { chat = try await socket.event("chat") }
            #expect(chat["state"] == "error")
            #expect(chat["errorKind"] == "unknown")
            #expect(try await socket.event("sessions.changed")["status"] == "failed")
        }
    }

    @Test func `a dashboard finds what it shows`() async throws {
        try await GatewaySimulator.run({ $0.usageCostTime = .milliseconds(5) }) { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.connect(scopes: ["operator.admin"])
            func payload(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
                try #require(try await socket.call(method, params)["payload"])
            }
            let agents = try await payload("agents.list")["agents"]?.array ?? []
            #expect(agents.count == 4)
            #expect(agents.allSatisfy { $0["name"]?.string?.hasSuffix("(simulated)") == true })
            let channels = try await payload("channels.status")["channelAccounts"]
            #expect(channels?["telegram"]?.array.first?["connected"] == true)
            #expect(channels?["whatsapp"]?.array.first?["lastError"] != nil)
            #expect(channels?["discord"]?.array.first?["configured"] == false)
            _ = try await payload("channels.stop", ["channel": "telegram"])
            #expect(try await payload("channels.status")["channels"]?["telegram"]?["connected"] == false)
            #expect(try await payload("cron.list", ["enabled": "enabled"])["jobs"]?.array.count == 3)
            let before = try await payload("logs.tail")
            _ = try await payload("cron.run", ["id": "invoices"])
            #expect(try await socket.event("cron")["action"] == "started")
            #expect(try await payload("cron.runs", ["id": "invoices"])["entries"]?.array.first?["status"] == "error")
            let after = try await payload("logs.tail", ["cursor": try #require(before["cursor"])])
            #expect(after["lines"]?.array.count == 1)
            _ = try await payload("usage.cost")
            _ = try await payload("usage.cost")
            #expect(simulator.calls(of: "usage.cost") == 2)
            for method in [
                "status", "sessions.list", "models.list", "tasks.list", "audit.activity.list", "commands.list", "last-heartbeat", "cron.status",
            ] {
                _ = try await payload(method)
            }
            #expect(try await socket.call("no.such.method")["error"]?["code"] == "INVALID_REQUEST")
            #expect(try await socket.call("logs.tail", ["color": "green"])["error"]?["code"] == "INVALID_REQUEST")
            try await socket.send(["type": "req", "id": "x", "method": "health", "color": "green"])
            #expect(try await eventually { try await socket.next().isRefusal } != nil)
        }
    }

    @Test func `it answers pings, ticks, and many sockets at once`() async throws {
        try await GatewaySimulator.run({ $0.faults.tickInterval = .milliseconds(20) }) { simulator in
            var sockets: [SocketClient] = []
            for _ in 1...12 {
                let socket = try await SocketClient(port: simulator.port)
                _ = try await socket.connect()
                sockets.append(socket)
            }
            #expect(simulator.sockets == 12)
            for socket in sockets { _ = try await socket.event("tick") }
            try await sockets[0].send(0x89, [1, 2])
            while try await sockets[0].next() != .pong([1, 2]) {}
        }
    }

    @Test func `it says when it goes`() async throws {
        try await GatewaySimulator.run { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.connect()
            async let stop: Void = simulator.stop()
            #expect(try await socket.event("shutdown")["reason"] != nil)
            #expect(try await socket.next() == .close(1012, "service restart"))
            await stop
            #expect(simulator.connections == 0)
        }
    }
}

extension SocketClient.Message {
    var isRefusal: Bool { if case .json(let frame) = self { frame["ok"] == false } else { false } }
}

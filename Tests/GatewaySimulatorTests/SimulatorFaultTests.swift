import Foundation
import GatewaySimulator
import JSON
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SimulatorFaultTests {
    @Test func `streams hang, drop or fail where they are told to`() async throws {
        try await GatewaySimulator.run { simulator in
            simulator.faults.errorAfterEvents = 3
            let failed = try await simulator.post("/v1/chat/completions", .chat("code"))
            #expect(failed.body.components("data: ").count == 5)
            #expect(failed.body.contains(#"{"error":{"message":"internal error","type":"api_error"}}"#))
            simulator.faults.errorAfterEvents = nil
            simulator.faults.dropsAfterEvents = 2
            let dropped = try await simulator.post("/v1/chat/completions", .chat("code"))
            #expect(dropped.body.components("data: ").count == 2)
            #expect(!dropped.text.hasSuffix("0\r\n\r\n"))
            simulator.faults.dropsAfterEvents = nil
            simulator.faults.hangsAfterEvents = 2
            let body = JSONValue.chat("link").text
            let connection = try await ByteConnection(port: simulator.port)
            try await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            // The answer has been thought through to its end, and the stream has not told it.
            #expect(try await eventually { connection.text.components("data: ").count == 2 && simulator.runs == 0 } != nil)
            #expect(!connection.isOver)
            #expect(!connection.text.contains("[DONE]"))
        }
    }

    @Test func `a large answer has the length that it is told to have`() async throws {
        try await GatewaySimulator.run { simulator in
            simulator.faults.largeAnswerBytes = 3_000_000
            let answer = try await simulator.get("/v1/models")
            #expect(answer.bytes.count == 3_000_000)
            #expect(answer.json?["object"] == "list")
        }
    }

    @Test func `it is another program, a page, or garbage`() async throws {
        try await GatewaySimulator.run { simulator in
            simulator.faults.impostor = true
            #expect(try await simulator.get("/health", [:]).json?["service"] == "openclaw-devops-gateway")
            #expect(try await simulator.get("/v1/models").status == 404)
            #expect(try await simulator.get("/v1/models").header("X-Powered-By") == "Express")
            simulator.faults.impostor = false
            simulator.faults.html = true
            #expect(try await simulator.get("/v1/models").header("Content-Type") == "text/html; charset=utf-8")
            #expect(try await simulator.get("/health").json?["ok"] == true)
            simulator.faults.html = false
            simulator.faults.garbage = true
            #expect(!(try await simulator.get("/v1/models")).text.hasPrefix("HTTP/1.1"))
            let socket = try await SocketClient(port: simulator.port)
            #expect(try await socket.next() == .text(#"{"type":"event","event":"#))
            #expect(try await socket.next() == .broken(0xFD))
        }
    }

    @Test func `it refuses all, with the shape of each status`() async throws {
        try await GatewaySimulator.run { simulator in
            simulator.faults.refuseAll = .serviceUnavailable
            let draining = try await simulator.get("/v1/models")
            #expect(draining.json?["error"]?["code"] == "gateway_unavailable")
            #expect(try await simulator.get("/health").status == 503)
            #expect(try await SocketClient(port: simulator.port).head.hasPrefix("HTTP/1.1 503"))
            simulator.faults.refuseAll = 429
            #expect(try await simulator.get("/v1/models").header("Retry-After") == "300")
            #expect(try await simulator.get("/health").status == 200)
            simulator.faults.refuseAll = .unauthorized
            #expect(try await SocketClient(port: simulator.port).connect().code == "AUTH_TOKEN_MISMATCH")
        }
    }

    @Test func `sockets are refused for each reason there is`() async throws {
        try await GatewaySimulator.run { simulator in
            func connect(_ change: (inout SimulatorFaults) -> Void) async throws -> (JSONValue, SocketClient) {
                var faults = SimulatorFaults()
                change(&faults)
                simulator.faults = faults
                let socket = try await SocketClient(port: simulator.port)
                return (try await socket.connect(), socket)
            }
            let (starting, socket) = try await connect { $0.starting = true }
            #expect(starting["error"]?["code"] == "UNAVAILABLE")
            #expect(starting["error"]?["retryable"] == true)
            #expect(try await socket.next() == .close(1013, "gateway starting"))
            #expect(try await simulator.get("/startup").status == 503)
            #expect(try await connect { $0.protocolVersion = 5 }.0.code == "PROTOCOL_MISMATCH")
            #expect(try await connect { $0.pairingRequired = true }.0.code == "PAIRING_REQUIRED")
            #expect(try await connect { $0.emptyScopes = true }.0["payload"]?["auth"]?["scopes"] == [])
        }
    }

    @Test func `it is silent, and speaks again`() async throws {
        try await GatewaySimulator.run { simulator in
            let socket = try await SocketClient(port: simulator.port)
            _ = try await socket.connect()
            simulator.faults.silent = true
            simulator.faults.tickInterval = .milliseconds(5)
            let connection = try await ByteConnection(port: simulator.port)
            try await connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await eventually { simulator.seen.count == 2 } != nil)
            #expect(connection.text.isEmpty)
            simulator.tell("heartbeat", [:])
            simulator.faults.silent = false
            #expect(try await socket.call("status")["ok"] == true)
        }
    }

    @Test func `answers are late, or their connections end behind them`() async throws {
        try await GatewaySimulator.run { simulator in
            simulator.faults.firstByteDelay = .milliseconds(100)
            let clock = ContinuousClock()
            let time = try await clock.measure { _ = try await simulator.get("/health") }
            #expect(time >= .milliseconds(100))
            simulator.faults = SimulatorFaults()
            simulator.faults.closesKeepAliveAfterAnswer = true
            let connection = try await ByteConnection(port: simulator.port)
            try await connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.take(through: "live").lowercased().contains("connection: keep-alive"))
            #expect(try await eventually { connection.isOver } != nil)
        }
    }

    @Test func `faults can be written down and read again`() throws {
        var faults = SimulatorFaults()
        faults.refuseAll = .badGateway
        faults.firstByteDelay = .seconds(5)
        faults.dropsAfterEvents = 7
        #expect(try JSONDecoder().decode(SimulatorFaults.self, from: JSONEncoder().encode(faults)) == faults)
    }
}

import Gateway
import GatewaySimulator
import JSON
import NIOCore
import TestSupport
import Testing

@Suite struct SocketSimulatorTests {
    private func ask(_ method: String, id: String, _ params: JSONValue = [:]) -> JSONValue {
        ["type": "req", "id": .string(id), "method": .string(method), "params": params]
    }

    @Test func `a browser talks with an agent through the site, and its runs end with it`() async throws {
        var settings = GatewaySimulator.Configuration()
        settings.token = "secret"
        settings.wordPause = .milliseconds(5)
        let simulator = try await GatewaySimulator.start(settings)
        let test = SocketMeans()
        let endpoint = try #require(GatewayEndpoint(simulator.url))
        let sockets = GatewaySockets(
            GatewayConfiguration(endpoint: endpoint, token: "secret"), device: test.device(), group: test.group, means: test.means)
        let server = try await RawSocketServer.start { channel, _ in
            do {
                try sockets.admit(GatewayCaller(id: "ada", role: .user, requestID: "r-1") { AsyncStream { _ in } }).join(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        let browser = try await RawSocket.connect(port: server.port)
        #expect(try await browser.message()["event"] == "connect.challenge")
        browser.send(ask("connect", id: "1"))
        let hello = try await browser.message { $0["id"] == "1" }
        #expect(hello["payload"]?["auth"]?["scopes"] == ["operator.read", "operator.write"])
        #expect(hello["payload"]?["auth"]?["deviceToken"] == nil)
        #expect(hello["payload"]?["features"]?["methods"]?.array.contains("config.set") == false)
        browser.send(ask("cron.add", id: "2"))
        #expect(try await browser.message { $0["id"] == "2" }["error"]?["code"] == "FORBIDDEN")
        browser.send(ask("chat.send", id: "3", ["sessionKey": "main", "message": "hello", "idempotencyKey": "run-1"]))
        #expect(try await browser.message { $0["id"] == "3" }["ok"] == true)
        _ = try await browser.message { $0["event"] == "chat" && $0["payload"]?["state"] == "final" }
        simulator.faults.firstByteDelay = .zero
        browser.send(
            ask(
                "chat.send", id: "4", ["sessionKey": "main", "message": .string(String(repeating: "word ", count: 2_000)), "idempotencyKey": "run-2"])
        )
        _ = try await browser.message { $0["event"] == "chat" && $0["payload"]?["runId"] == "run-2" }
        browser.channel.close(promise: nil)
        #expect(try await eventually(within: .seconds(1)) { simulator.sockets == 0 && simulator.runs == 0 } != nil)
        await sockets.shutdown()
        await server.stop()
        await simulator.stop()
    }
}

import Gateway
import GatewaySimulator
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@Suite struct ProxySimulatorTests {
    private func bench(_ simulator: GatewaySimulator, token: String? = nil) throws -> ProxyBench { try ProxyBench(simulator.url, token: token) }

    @Test func `each call of the role table gets its answer`() async throws {
        let simulator = try await GatewaySimulator.start()
        let bench = try bench(simulator)
        try await bench.proxy.probe()
        for path in ["health", "ready", "v1/models", "sessions/agent:main:main/history"] {
            #expect(try await bench.get(path).status == 200, "\(path)")
        }
        let rpc = try await bench.post("api/v1/admin/rpc", #"{"id":"1","method":"agents.list"}"#)
        #expect(rpc.status == 200)
        let text = try await bench.post("v1/chat/completions", #"{"model":"openclaw","messages":[{"role":"user","content":"Hello"}]}"#).text()
        #expect(text.contains("chat.completion"))
        #expect(bench.proxy.health == nil)
        await simulator.stop()
    }

    @Test func `an agent's words come one by one`() async throws {
        let simulator = try await GatewaySimulator.start()
        let answer = try await bench(simulator).post(
            "v1/chat/completions", #"{"model":"openclaw","stream":true,"messages":[{"role":"user","content":"Hello"}]}"#)
        var pieces = 0
        var text = ""
        for try await piece in answer.pieces {
            pieces += 1
            text += String(buffer: piece)
        }
        #expect(pieces > 2)
        #expect(text.hasSuffix("data: [DONE]\n\n"))
        await simulator.stop()
    }

    @Test func `each fault has its name`() async throws {
        let simulator = try await GatewaySimulator.start()
        let chat = #"{"model":"openclaw","stream":true,"messages":[{"role":"user","content":"Hello"}]}"#
        func kind(_ change: (inout SimulatorFaults) -> Void) async throws -> GatewayProblem.Kind {
            var faults = SimulatorFaults()
            change(&faults)
            simulator.faults = faults
            let bench = try bench(simulator)
            return try await bench.problem { try await bench.get("v1/models") }.kind
        }
        #expect(try await kind { $0.html = true } == .notEnabled)
        #expect(try await kind { $0.restAPIEnabled = false } == .notEnabled)
        #expect(try await kind { $0.impostor = true } == .notOpenClaw)
        #expect(try await kind { $0.refuseAll = 503 } == .restarting)
        #expect(try await kind { $0.garbage = true } == .answerBroken)
        var faults = SimulatorFaults()
        faults.dropsAfterEvents = 2
        simulator.faults = faults
        let text = try await bench(simulator).post("v1/chat/completions", chat).text()
        #expect(text.contains("event: error"))
        #expect(text.hasSuffix("data: [DONE]\n\n"))
        simulator.faults = SimulatorFaults()
        await simulator.stop()
    }

    @Test func `connections that the gateway closes without a word do no harm`() async throws {
        let simulator = try await GatewaySimulator.start()
        simulator.faults.closesKeepAliveAfterAnswer = true
        let bench = try bench(simulator)
        for _ in 0..<30 { #expect(try await bench.get("v1/models").status == 200) }
        await simulator.stop()
    }

    @Test func `a browser's forwarding fields do not make the gateway refuse`() async throws {
        var configuration = GatewaySimulator.Configuration()
        configuration.token = "secret"
        let simulator = try await GatewaySimulator.start(configuration)
        var fields: HTTPFields = [:]
        for name in ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Origin"] {
            fields[try #require(HTTPField.Name(name))] = "1.2.3.4"
        }
        #expect(try await bench(simulator, token: "secret").get("v1/models", fields).status == 200)
        let wrong = try bench(simulator, token: "wrong")
        for _ in 0..<20 { #expect(try await wrong.problem { try await wrong.get("v1/models") }.kind == .tokenWrong) }
        #expect(simulator.seen.count == 2)
        await simulator.stop()
    }
}

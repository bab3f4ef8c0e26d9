import Gateway
import GatewaySimulator
import JSON
import NIOPosix
import TestSupport
import Testing

@Suite struct LinkSimulatorTests {
    private func link(_ simulator: GatewaySimulator, _ test: SocketMeans, token: String?) throws -> GatewayLink {
        let endpoint = try #require(GatewayEndpoint(simulator.url))
        return GatewayLink(
            GatewayConfiguration(endpoint: endpoint, token: token), device: test.device(), group: MultiThreadedEventLoopGroup.singleton,
            means: test.means)
    }

    private func state(_ link: GatewayLink, where isWanted: (GatewayLink.State) -> Bool) async throws -> Bool {
        try await eventually { isWanted(link.state) } != nil
    }

    private func isReady(_ state: GatewayLink.State) -> Bool { if case .ready = state { true } else { false } }

    private func kind(_ state: GatewayLink.State) -> GatewayProblem.Kind? { if case .unavailable(let problem) = state { problem.kind } else { nil } }

    @Test(arguments: [nil, "secret"]) func `the link talks with a gateway, with and without a token`(token: String?) async throws {
        var configuration = GatewaySimulator.Configuration()
        configuration.token = token
        configuration.wordPause = .milliseconds(1)
        let simulator = try await GatewaySimulator.start(configuration)
        let test = SocketMeans()
        let link = try link(simulator, test, token: token)
        let running = Task { await link.run() }
        #expect(try await state(link, where: isReady))
        #expect(try await !(link.call("agents.list")["agents"]?.array.isEmpty ?? true))
        #expect(try await link.call("sessions.list")["sessions"] != nil)
        var events = link.events().makeAsyncIterator()
        _ = try await link.call("chat.send", ["sessionKey": "main", "message": "hello", "idempotencyKey": "run-1"])
        var states: Set<String> = []
        while !states.contains("final"), let event = await events.next() {
            if event.name == "chat", event.payload["runId"] == "run-1" { states.insert(event.payload["state"]?.string ?? "") }
        }
        #expect(states == ["delta", "final"])
        let problem = await #expect(throws: GatewayProblem.self) { try await link.call("no.such.method") }
        #expect(problem.map { [.notEnabled, .requestInvalid].contains($0.kind) } == true, "\(String(describing: problem))")
        running.cancel()
        await running.value
        #expect(try await eventually { simulator.sockets == 0 } != nil)
        await simulator.stop()
    }

    @Test(arguments: [
        ("token", GatewayProblem.Kind.tokenWrong), ("missing", .tokenMissing), ("scopes", .scopeMissing), ("pairing", .pairingNeeded),
        ("starting", .starting), ("old", .tooOld), ("impostor", .notOpenClaw), ("down", .starting),
    ])
    func `each fault of a gateway is told as what it is`(fault: String, expected: GatewayProblem.Kind) async throws {
        var configuration = GatewaySimulator.Configuration()
        configuration.token = "secret"
        let simulator = try await GatewaySimulator.start(configuration)
        switch fault {
        case "scopes": simulator.faults.emptyScopes = true
        case "pairing": simulator.faults.pairingRequired = true
        case "starting": simulator.faults.starting = true
        case "old": simulator.faults.protocolVersion = 3
        case "impostor": simulator.faults.impostor = true
        case "down": simulator.faults.refuseAll = .serviceUnavailable
        default: break
        }
        let link = try link(simulator, SocketMeans(), token: fault == "token" ? "wrong" : fault == "missing" ? nil : "secret")
        let running = Task { await link.run() }
        #expect(try await state(link) { kind($0) != nil })
        #expect(kind(link.state) == expected, "\(link.state)")
        running.cancel()
        await running.value
        await simulator.stop()
    }

    @Test func `broken frames and silence end a connection`() async throws {
        let simulator = try await GatewaySimulator.start()
        simulator.faults.tickInterval = .milliseconds(50)
        let link = try link(simulator, SocketMeans(), token: nil)
        let running = Task { await link.run() }
        #expect(try await state(link, where: isReady))
        simulator.faults.silent = true
        #expect(try await state(link) { kind($0) == .unreachable })
        simulator.faults.silent = false
        #expect(try await state(link, where: isReady))
        running.cancel()
        await running.value
        await simulator.stop()
    }
}

import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// The WebSockets to a gateway that speaks TLS: the link's, and those of browsers.
@Suite struct SocketTLSTests {
    /// A site with a link and a server for browsers' sockets.
    private final class Site: Sendable {
        let test = SocketMeans()
        let link: GatewayLink
        let sockets: GatewaySockets
        let browsers: RawSocketServer
        private let running: Task<Void, Never>

        init(_ url: String, tls: TLSConfiguration? = nil, patience: SocketPatience = SocketPatience()) async throws {
            let configuration = GatewayConfiguration(endpoint: try #require(GatewayEndpoint(url)), token: "secret")
            let link = GatewayLink(
                configuration, device: test.device(), group: test.group, means: test.means, patience: patience, tls: tls)
            self.link = link
            let sockets = GatewaySockets(configuration, device: test.device(), means: test.means, patience: patience, tls: tls)
            self.sockets = sockets
            browsers = try await RawSocketServer.start { channel, _ in
                channel.eventLoop.makeCompletedFuture { try sockets.admit(.user()).join(channel) }
            }
            running = Task { await link.run() }
        }

        var problem: GatewayProblem? { if case .unavailable(let problem) = link.state { problem } else { nil } }

        func stop() async {
            running.cancel()
            await running.value
            await sockets.shutdown()
            await browsers.stop()
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `link and browsers talk with a gateway that speaks TLS`(_ host: String) async throws {
        let certificate = try await TestCertificate()
        let gateway = try await SocketGateway(tls: try certificate.server)
        let site = try await Site("https://\(host):\(gateway.raw.port)", tls: certificate.trusting)
        #expect(try await eventually { if case .ready = site.link.state { true } else { false } } != nil, "\(site.link.state)")
        #expect(try await site.link.call("agents.list", ["a": 1]) == ["method": "agents.list", "params": ["a": 1]])
        let browser = try await RawSocket.connect(port: site.browsers.port)
        #expect(try await browser.message()["event"] == "connect.challenge")
        // More than one record of TLS holds, both ways.
        let text = String(repeating: "long ", count: 20_000)
        browser.send(["type": "req", "id": "b-1", "method": "chat.send", "params": ["message": .string(text)]])
        #expect(try await browser.message { $0["id"] == "b-1" }["payload"]?["params"]?["message"]?.string == text)
        #expect(gateway.raw.requests.allSatisfy { $0.headers["Host"] == ["\(host):\(gateway.raw.port)"] })
        #expect(gateway.connects.map { $0["auth"] } == [["token": "secret"], ["token": "secret"]])
        gateway.sockets.last?.close(1012, "restart")
        #expect(try await browser.closing() == (1012, "gateway-restarting"))
        await site.stop()
        await gateway.stop()
    }

    @Test(arguments: [
        ("DNS:localhost,IP:127.0.0.1", "127.0.0.1", false, "Nobody whom this machine trusts has signed it"),
        ("DNS:other.example", "localhost", true, "another host's"),
        ("DNS:localhost,IP:127.0.0.2", "127.0.0.1", true, "another host's"),
    ])
    func `a gateway that does not prove who it is is told nothing, and the reason is said`(
        names: String, host: String, isTrusted: Bool, reason: String
    ) async throws {
        let certificate = try await TestCertificate(names)
        let gateway = try await SocketGateway(tls: try certificate.server)
        let site = try await Site("https://\(host):\(gateway.raw.port)", tls: isTrusted ? certificate.trusting : nil)
        #expect(try await eventually { site.problem != nil } != nil)
        let problem = try #require(site.problem)
        #expect(problem.kind == .untrusted && problem.detail.contains(reason), "\(problem)")
        #expect(problem.remedy.contains("GATEWAY_URL") && problem.remedy.contains("update-ca-certificates"))
        let call = await #expect(throws: GatewayProblem.self) { try await site.link.call("health") }
        #expect(call?.kind == .untrusted)
        let browser = try await RawSocket.connect(port: site.browsers.port)
        #expect(try await browser.closing() == (1013, "gateway-untrusted"))
        #expect(gateway.raw.requests.isEmpty && gateway.connects.isEmpty)
        #expect(try await eventually { gateway.raw.connections == 0 } != nil)
        await site.stop()
        #expect(site.test.records.map(\.problem) == [.untrusted])
        await gateway.stop()
    }

    @Test func `a gateway without TLS is not spoken to as if it had it`() async throws {
        let gateway = try await SocketGateway()
        let site = try await Site("https://127.0.0.1:\(gateway.raw.port)")
        #expect(try await eventually { site.problem != nil } != nil)
        #expect(site.problem?.kind == .unreachable && site.problem?.detail.contains("TLS") == true, "\(String(describing: site.problem))")
        #expect(gateway.raw.requests.isEmpty)
        await site.stop()
        await gateway.stop()
    }

    @Test(arguments: ["http", "https"])
    func `a server that accepts and says nothing is left, not collected`(_ scheme: String) async throws {
        let accepted = Mutex<[any Channel]>([])
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                accepted.withLock { $0.append(channel) }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var patience = SocketPatience()
        patience.handshake = .milliseconds(100)
        patience.shortestPause = .milliseconds(20)
        patience.longestPause = .milliseconds(20)
        let site = try await Site("\(scheme)://127.0.0.1:\(server.localAddress?.port ?? 0)", patience: patience)
        #expect(try await eventually { site.problem?.kind == .slow } != nil)
        let browser = try await RawSocket.connect(port: site.browsers.port)
        #expect(try await browser.closing() == (1013, "gateway-slow"))
        await site.stop()
        #expect(try await eventually { accepted.withLock { $0.allSatisfy { !$0.isActive } } } != nil)
        try await server.close()
    }
}

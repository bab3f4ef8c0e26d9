import Crypto
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import Gateway

@Suite struct LinkTests {
    /// Fast enough for a test.
    private static var patience: SocketPatience {
        var patience = SocketPatience()
        patience.shortestPause = .milliseconds(40)
        patience.longestPause = .milliseconds(200)
        return patience
    }

    private func link(_ gateway: SocketGateway, _ test: SocketMeans, token: String? = "secret", deviceToken: String? = nil) throws -> GatewayLink {
        let endpoint = try #require(GatewayEndpoint(gateway.url))
        return GatewayLink(
            GatewayConfiguration(endpoint: endpoint, token: token), device: test.device(token: deviceToken),
            group: MultiThreadedEventLoopGroup.singleton,
            means: test.means, patience: Self.patience)
    }

    private func run(_ link: GatewayLink, _ body: () async throws -> Void) async throws {
        let running = Task { await link.run() }
        do {
            try await body()
        } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }

    private func isReady(_ link: GatewayLink) async throws -> Bool {
        try await eventually { if case .ready = link.state { true } else { false } } != nil
    }

    private func problem(_ link: GatewayLink) async throws -> GatewayProblem? {
        var problem: GatewayProblem?
        _ = try await eventually {
            if case .unavailable(let one) = link.state { problem = one }
            return problem != nil
        }
        return problem
    }

    @Test func `the site introduces itself with its token and its device, and with nothing else`() async throws {
        let gateway = try await SocketGateway()
        let test = SocketMeans()
        let link = try link(gateway, test)
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            #expect(
                link.state
                    == .ready(
                        .init(
                            version: "2026.9.4", methods: ["health", "chat.send", "config.set", "logs.tail"],
                            scopes: ["operator.read", "operator.write", "operator.admin"])))
            let head = try #require(gateway.raw.requests.first)
            #expect(
                Set(head.headers.map { $0.name.lowercased() }) == ["host", "connection", "upgrade", "sec-websocket-key", "sec-websocket-version"])
            #expect(head.headers["Host"] == ["127.0.0.1:\(gateway.raw.port)"])
            let connect = try #require(gateway.connects.first)
            #expect(connect["minProtocol"] == 4 && connect["maxProtocol"] == 4 && connect["role"] == "operator")
            #expect(connect["client"]?["id"] == "gateway-client" && connect["client"]?["mode"] == "backend")
            #expect(connect["auth"] == ["token": "secret"])
            #expect(connect["scopes"] == ["operator.read", "operator.write", "operator.admin"])
            let device = try #require(connect["device"])
            #expect(device["signedAt"]?.int == SocketGateway.challengeTime && device["nonce"] == "n-1")
            let signed =
                "v3|\(test.device().id)|gateway-client|backend|operator|operator.read,operator.write,operator.admin|1790000000123|secret|n-1|linux|"
            let signature = try #require(data(device["signature"]?.string))
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: #require(data(device["publicKey"]?.string)))
            #expect(key.isValidSignature(signature, for: Data(signed.utf8)))
            #expect(try await eventually { gateway.requests("sessions.subscribe").count == 1 } != nil)
        }
        #expect(link.state != .connecting)
        await gateway.stop()
    }

    private func data(_ text: String?) -> Data? {
        guard var text, !text.contains("=") else { return nil }
        text = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
    }

    @Test func `a device token is kept, used, and given up for the shared one where the gateway refuses it`() async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.deviceToken = "new" }
        gateway.change {
            $0.refusal = { connect in
                guard connect["auth"]?["deviceToken"] == "old" else { return nil }
                return ["code": "INVALID_REQUEST", "message": "unauthorized", "details": ["code": "AUTH_DEVICE_TOKEN_MISMATCH"]]
            }
        }
        let test = SocketMeans()
        let link = try link(gateway, test, deviceToken: "old")
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            #expect(gateway.connects.map { $0["auth"] } == [["deviceToken": "old"], ["token": "secret"]])
            #expect(test.tokens == [nil, "new"])
            gateway.sockets.last?.close(1012)
            #expect(try await eventually { gateway.connects.count == 3 } != nil)
            #expect(gateway.connects[2]["auth"] == ["deviceToken": "new"])
        }
        await gateway.stop()
    }

    @Test(arguments: [
        ("AUTH_TOKEN_MISMATCH", GatewayProblem.Kind.tokenWrong), ("AUTH_TOKEN_MISSING", .tokenMissing), ("AUTH_RATE_LIMITED", .lockedOut),
        ("PROTOCOL_MISMATCH", .tooOld), ("PAIRING_REQUIRED", .pairingNeeded),
    ])
    func `what the gateway refuses is told as it is, and not tried again at once`(code: String, kind: GatewayProblem.Kind) async throws {
        let gateway = try await SocketGateway()
        gateway.change {
            $0.refusal = { _ in
                ["code": "INVALID_REQUEST", "message": "no", "details": ["code": .string(code), "requestId": "r-77"]]
            }
        }
        let test = SocketMeans()
        let link = try link(gateway, test)
        try await run(link) { () async throws in
            let problem = try await problem(link)
            #expect(problem?.kind == kind)
            if kind == .pairingNeeded { #expect(problem?.detail.contains("r-77") == true) }
            await #expect(throws: GatewayProblem.self) { try await link.call("health") }
            if kind != .pairingNeeded {
                #expect(try await eventually(within: .milliseconds(500)) { gateway.connects.count > 1 } == nil)
            }
        }
        await gateway.stop()
    }

    @Test(arguments: [(1002 as UInt16, GatewayProblem.Kind.tooOld), (1013, .starting), (1012, .restarting)])
    func `a close before the greeting says why`(code: UInt16, kind: GatewayProblem.Kind) async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.close = (code, "no") }
        let link = try link(gateway, SocketMeans())
        try await run(link) { () async throws in #expect(try await problem(link)?.kind == kind) }
        await gateway.stop()
    }

    @Test func `a greeting without scopes is a problem, and one of another version too`() async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.scopes = [] }
        let one = try link(gateway, SocketMeans())
        try await run(one) { () async throws in #expect(try await problem(one)?.kind == .scopeMissing) }
        gateway.change {
            $0.scopes = ["operator.read"]
            $0.protocolVersion = 3
        }
        let other = try link(gateway, SocketMeans())
        try await run(other) { () async throws in #expect(try await problem(other)?.kind == .tooOld) }
        await gateway.stop()
    }

    @Test func `those who ask the same at once share one question, and its answer for a while`() async throws {
        let gateway = try await SocketGateway()
        let test = SocketMeans()
        let link = try link(gateway, test)
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            try await withThrowingTaskGroup(of: JSONValue.self) { group in
                for _ in 0..<50 { group.addTask { try await link.call("usage.cost", ["a": 1, "b": 2], keptFor: .seconds(60)) } }
                for try await answer in group { #expect(answer["params"] == ["a": 1, "b": 2]) }
            }
            #expect(gateway.requests("usage.cost").count == 1)
            _ = try await link.call("usage.cost", ["a": 1])
            _ = try await link.call("usage.cost", ["a": 1])
            #expect(gateway.requests("usage.cost").count == 3)
            // Not even a new connection makes it ask again.
            gateway.sockets.last?.channel.close(promise: nil)
            #expect(try await eventually { gateway.connects.count == 2 } != nil)
            #expect(try await isReady(link))
            _ = try await link.call("usage.cost", ["b": 2, "a": 1], keptFor: .seconds(60))
            #expect(gateway.requests("usage.cost").count == 3)
            test.skip(.seconds(61))
            _ = try await link.call("usage.cost", ["b": 2, "a": 1], keptFor: .seconds(60))
            #expect(gateway.requests("usage.cost").count == 4)
        }
        await gateway.stop()
    }

    @Test func `after a change, what it changes is asked for anew, and nothing else`() async throws {
        let gateway = try await SocketGateway()
        let link = try link(gateway, SocketMeans())
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            for _ in 0..<2 {
                for method in ["channels.status", "cron.list"] { _ = try await link.call(method, keptFor: .seconds(60)) }
            }
            #expect(gateway.requests("channels.status").count == 1 && gateway.requests("cron.list").count == 1)
            _ = try await link.call("channels.stop", ["channel": "telegram"])
            for method in ["channels.status", "cron.list"] { _ = try await link.call(method, keptFor: .seconds(60)) }
            #expect(gateway.requests("channels.status").count == 2 && gateway.requests("cron.list").count == 1)
        }
        await gateway.stop()
    }

    @Test func `calls end at their deadline, by cancellation, and with the connection, and are not sent again`() async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.answer = { method, _ in method == "health" ? ["ok": true] : nil } }
        let link = try link(gateway, SocketMeans())
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            let slow = await #expect(throws: GatewayProblem.self) { try await link.call("logs.tail", within: .milliseconds(20)) }
            #expect(slow?.kind == .slow)
            let cancelled = Task { try await link.call("cron.list") }
            #expect(try await eventually { gateway.requests("cron.list").count == 1 } != nil)
            cancelled.cancel()
            await #expect(throws: GatewayProblem.self) { try await cancelled.value }
            let waiting = Task { () async -> GatewayProblem? in
                do {
                    _ = try await link.call("chat.send", ["message": "once"])
                    return nil
                } catch {
                    return error as? GatewayProblem
                }
            }
            #expect(try await eventually { gateway.requests("chat.send").count == 1 } != nil)
            gateway.sockets.last?.channel.close(promise: nil)
            #expect(await waiting.value?.kind == .unreachable)
            #expect(try await eventually { gateway.connects.count == 2 } != nil)
            #expect(try await isReady(link))
            #expect(try await link.call("health") == ["ok": true])
            #expect(gateway.requests("chat.send").count == 1)
        }
        await gateway.stop()
    }

    @Test func `an error of the gateway is told as a problem`() async throws {
        let gateway = try await SocketGateway()
        gateway.change {
            $0.answer = { method, _ in
                switch method {
                case "a": ["code": "UNAVAILABLE", "message": "busy", "retryAfterMs": 1_500]
                case "b": ["code": "FORBIDDEN", "message": "missing scope: x", "details": ["code": "MISSING_SCOPE"]]
                case "c": ["code": "INVALID_REQUEST", "message": "unknown method: c"]
                default: ["code": "SOMETHING", "message": "line\nbreak"]
                }
            }
        }
        let link = try link(gateway, SocketMeans())
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            await #expect(throws: GatewayProblem(.failing, "busy", retryAfter: 2)) { try await link.call("a") }
            await #expect(throws: GatewayProblem(.scopeMissing, "missing scope: x")) { try await link.call("b") }
            await #expect(throws: GatewayProblem(.notEnabled, "It has no c.")) { try await link.call("c") }
            await #expect(throws: GatewayProblem(.failing, "line break")) { try await link.call("d") }
        }
        await gateway.stop()
    }

    @Test func `events reach everybody who listens`() async throws {
        let gateway = try await SocketGateway()
        let link = try link(gateway, SocketMeans())
        var one = link.events().makeAsyncIterator()
        var other = link.events().makeAsyncIterator()
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            for number in 1...300 { gateway.tell("chat", ["number": .integer(number)]) }
            #expect(try await link.call("health")["method"] == "health")
            // Of 300 that nobody took, the newest 256 are there.
            #expect(await one.next() == GatewayEvent(name: "chat", payload: ["number": 45]))
            #expect(await other.next()?.payload == ["number": 45])
        }
        var left = 0
        while await one.next() != nil { left += 1 }
        #expect(left == 255)
        await gateway.stop()
    }

    @Test func `an announced restart is told at once, and the link comes back`() async throws {
        let gateway = try await SocketGateway()
        let test = SocketMeans()
        let link = try link(gateway, test)
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            gateway.tell("shutdown", ["reason": "update", "restartExpectedMs": 900])
            #expect(try await problem(link) == GatewayProblem(.restarting, retryAfter: 1))
            let problem = await #expect(throws: GatewayProblem.self) { try await link.call("health") }
            #expect(problem?.kind == .restarting)
            gateway.sockets.last?.close(1012, "restart")
            #expect(try await isReady(link))
            #expect(try await link.call("health")["method"] == "health")
            #expect(test.lines == ["The gateway is unavailable", "The gateway is available again"])
        }
        await gateway.stop()
    }

    @Test func `an outage and its end are told once each`() async throws {
        let gateway = try await SocketGateway()
        let test = SocketMeans()
        let link = try link(gateway, test)
        try await run(link) { () async throws in
            #expect(try await isReady(link))
            let port = gateway.raw.port
            await gateway.stop()
            #expect(try await problem(link)?.kind == .unreachable)
            let states = link.states()
            gateway.change { $0.close = (1013, "gateway starting") }
            #expect(port > 0)
            try await gateway.restart()
            for await state in states where state == .unavailable(GatewayProblem(.starting)) { break }
            gateway.change { $0.close = nil }
            #expect(try await isReady(link))
            #expect(test.lines == ["The gateway is unavailable", "The gateway is available again"])
        }
        await gateway.stop()
    }

    @Test func `a gateway that has fallen silent is left with 4000`() async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.tickInterval = 40 }
        let link = try link(gateway, SocketMeans())
        try await run(link) { () async throws in
            #expect(try await eventually { gateway.connects.count >= 2 } != nil)
            #expect(try await eventually { gateway.closes.contains(4000) } != nil)
        }
        await gateway.stop()
    }

    @Test func `a gateway that never greets is given up`() async throws {
        let gateway = try await SocketGateway()
        gateway.change { $0.isMute = true }
        var patience = Self.patience
        patience.handshake = .milliseconds(100)
        let endpoint = try #require(GatewayEndpoint(gateway.url))
        let test = SocketMeans()
        let link = GatewayLink(
            GatewayConfiguration(endpoint: endpoint, token: nil), device: test.device(), group: MultiThreadedEventLoopGroup.singleton,
            means: test.means,
            patience: patience)
        try await run(link) { () async throws in #expect(try await problem(link)?.kind == .slow) }
        await gateway.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", GatewayProblem.Kind.notOpenClaw),
        ("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{\"code\":0,\"message\":\"Transport unknown\"}", .notOpenClaw),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", .notOpenClaw),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 48\r\n\r\n{\"error\":{\"type\":\"proxy_attribution_required\"}}\n",
            .attributionRequired
        ),
        ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy", .starting),
        ("SSH-2.0-OpenSSH_9.6\r\n", .notOpenClaw), ("", .unreachable),
    ])
    func `what answers no upgrade is told by its answer`(answer: String, kind: GatewayProblem.Kind) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(OneAnswer(answer)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = try #require(GatewayEndpoint("http://127.0.0.1:\(server.localAddress?.port ?? 0)"))
        let test = SocketMeans()
        let link = GatewayLink(
            GatewayConfiguration(endpoint: endpoint, token: nil), device: test.device(), group: MultiThreadedEventLoopGroup.singleton,
            means: test.means,
            patience: Self.patience)
        try await run(link) { () async throws in #expect(try await problem(link)?.kind == kind) }
        try await server.close()
    }
}

/// Says one thing to whoever says anything, and closes.
private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String

    init(_ answer: String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in context.value.close(promise: nil) }
    }
}

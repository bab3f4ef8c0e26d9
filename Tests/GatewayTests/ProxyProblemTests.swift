import Gateway
import HTTPTypes
import TestSupport
import Testing

@Suite struct ProxyProblemTests {
    @Test(arguments: [
        ("200 OK", "text/html", "<html>", GatewayProblem.Kind.notEnabled),
        ("200 OK", "text/plain", "ok", .answerBroken),
        ("404 Not Found", "text/plain", "Not Found", .notEnabled),
        ("401 Unauthorized", "application/json", #"{"error":{"message":"Unauthorized","type":"unauthorized"}}"#, .tokenWrong),
        ("403 Forbidden", "application/json", #"{"error":{"type":"proxy_attribution_required"}}"#, .attributionRequired),
        (
            "403 Forbidden", "application/json",
            #"{"ok":false,"error":{"type":"forbidden","message":"missing scope: operator.read","details":{"code":"MISSING_SCOPE"}}}"#, .scopeMissing
        ),
        ("429 Too Many Requests", "application/json", #"{"error":{"type":"rate_limited"}}"#, .lockedOut),
        ("503 Service Unavailable", "application/json", #"{"error":{"code":"gateway_unavailable"}}"#, .restarting),
        ("500 Internal Server Error", "application/json", #"{"error":{"message":"internal error","type":"api_error"}}"#, .failing),
        ("302 Found", "text/plain", "", .answerBroken),
    ])
    func `what the gateway says is told in this site's words`(_ status: String, _ type: String, _ body: String, _ kind: GatewayProblem.Kind)
        async throws
    {
        let upstream = try await RawUpstream { request, connection in
            if request.line.contains("/health") { return connection.answer(#"{"ok":true,"status":"live"}"#) }
            connection.answer(body, status: status, fields: "Content-Type: \(type)\r\nRetry-After: 7\r\n")
        }
        let bench = try ProxyBench(upstream)
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == kind)
        #expect(bench.records.map(\.problem) == [kind])
        try await upstream.stop()
    }

    @Test(arguments: ["400 Bad Request", "404 Not Found", "409 Conflict", "413 Payload Too Large", "422 Unprocessable Content"])
    func `an error of the gateway's own goes on as it is`(_ status: String) async throws {
        let body = #"{"error":{"message":"no such model","type":"invalid_request_error"}}"#
        let upstream = try await RawUpstream { _, connection in
            connection.answer(body, status: status, fields: "Content-Type: application/json\r\nSet-Cookie: a=b\r\n")
        }
        let answer = try await ProxyBench(upstream).get("v1/models")
        #expect("\(answer.status)" == status.prefix(3))
        #expect(try await answer.text() == body)
        #expect(answer.field("set-cookie") == nil)
        try await upstream.stop()
    }

    @Test func `without a token the gateway asks for one`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer("{}", status: "401 Unauthorized") }
        let bench = try ProxyBench("http://127.0.0.1:\(upstream.port)", token: nil)
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .tokenMissing)
        #expect(upstream.requests.last?.field("authorization") == nil)
        try await upstream.stop()
    }

    @Test func `a wrong token is tried once in half a minute`() async throws {
        let upstream = try await RawUpstream { request, connection in
            if request.line.contains("/health") { return connection.answer(#"{"ok":true,"status":"live"}"#) }
            connection.answer("{}", status: "401 Unauthorized")
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<20 { #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .tokenWrong) }
        #expect(upstream.requests.count == 1)
        // What needs no token works, and says nothing of the token.
        #expect(try await bench.get("health").status == 200)
        #expect(bench.proxy.health?.kind == .tokenWrong)
        #expect(upstream.requests.last?.field("authorization") == nil)
        bench.means.skip(.seconds(31))
        for _ in 0..<20 { #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .tokenWrong) }
        #expect(upstream.requests.count == 3)
        try await upstream.stop()
    }

    @Test func `a lock-out is waited for`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.answer(
                #"{"error":{"type":"rate_limited"}}"#, status: "429 Too Many Requests",
                fields: "Content-Type: application/json\r\nRetry-After: 120\r\n")
        }
        let bench = try ProxyBench(upstream)
        let first = try await bench.problem { try await bench.get("v1/models") }
        #expect(first == GatewayProblem(.lockedOut, retryAfter: 120))
        bench.means.skip(.seconds(60))
        let second = try await bench.problem { try await bench.get("v1/models") }
        #expect(second.kind == .lockedOut)
        #expect(second.retryAfter == 60)
        #expect(upstream.requests.count == 1)
        bench.means.skip(.seconds(61))
        _ = try await bench.problem { try await bench.get("v1/models") }
        #expect(upstream.requests.count == 2)
        try await upstream.stop()
    }

    @Test func `OpenClaw and the program that shares its port are told apart`() async throws {
        let claw = try await RawUpstream { _, connection in connection.answer(#"{"ok":true,"status":"live"}"#) }
        let other = try await RawUpstream { request, connection in
            guard request.line.contains("/health") else {
                return connection.answer("Cannot GET", status: "404 Not Found", fields: "Content-Type: text/html\r\n")
            }
            connection.answer(#"{"status":"healthy","service":"openclaw-devops-gateway"}"#)
        }
        try await ProxyBench(claw).proxy.probe()
        let bench = try ProxyBench(other)
        for _ in 0..<2 { #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .notOpenClaw) }
        #expect(try await bench.problem { try await bench.get("health") }.kind == .notOpenClaw)
        #expect(bench.proxy.health?.kind == .notOpenClaw)
        try await claw.stop()
        try await other.stop()
    }

    @Test func `a gateway that is down is asked less and less, and found again`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let port = upstream.port
        try await upstream.stop()
        let bench = try ProxyBench("http://127.0.0.1:\(port)")
        for _ in 0..<20 { #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .unreachable) }
        #expect(bench.proxy.health?.kind == .unreachable)
        let again = try await RawUpstream(port: port) { $1.answer("{}") }
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .unreachable)
        #expect(again.requests.isEmpty)
        bench.means.skip(.seconds(1))
        #expect(try await bench.get("v1/models").status == 200)
        #expect(bench.proxy.health == nil)
        try await again.stop()
    }

    @Test func `what is no HTTP cannot be read`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.write("\u{1}garbage\r\n\r\n") }
        let bench = try ProxyBench(upstream)
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .answerBroken)
        try await upstream.stop()
    }
}

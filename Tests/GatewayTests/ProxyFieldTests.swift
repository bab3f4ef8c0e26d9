import Gateway
import HTTPTypes
import TestSupport
import Testing

@Suite struct ProxyFieldTests {
    @Test func `nothing of a browser's fields reaches the gateway but what is listed`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        var fields: HTTPFields = [.accept: "application/json", .contentType: "application/json; charset=utf-8", .authorization: "Bearer browser"]
        let dropped = [
            "Origin", "Referer", "Cookie", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "X-Client-IP",
            "CF-Connecting-IP", "True-Client-IP", "X-OpenClaw-Scopes", "x-openclaw-agent-id", "x-openclaw-session-key", "x-openclaw-model",
            "Tailscale-User-Login", "Connection", "Upgrade", "TE", "Keep-Alive", "Accept-Encoding", "Proxy-Authorization", "X-Named", "If-None-Match",
            "Expect", "Range", "User-Agent", "X-Request-Id", "Traceparent",
        ]
        for name in dropped { fields[try #require(HTTPField.Name(name))] = name == "Connection" ? "upgrade, X-Named" : "browser" }
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        _ = try await bench.post("v1/chat/completions", #"{"a": 1}"#, fields, for: .user(traceparent: trace))
        let seen = try #require(upstream.requests.last)
        #expect(
            seen.fields.map { "\($0.name): \($0.value)" } == [
                "host: 127.0.0.1:\(upstream.port)", "authorization: Bearer secret", "accept: application/json", "content-type: application/json",
                "x-request-id: request-1", "traceparent: \(trace)", "content-length: 8",
            ])
        #expect(seen.body == #"{"a": 1}"#)
        try await upstream.stop()
    }

    @Test(arguments: [
        "", "00-0-0-00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    ])
    func `a traceparent that is none goes nowhere`(_ text: String) async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        _ = try await bench.get("v1/models", for: .user(traceparent: text))
        #expect(upstream.requests.last?.field("traceparent") == nil)
        try await upstream.stop()
    }

    @Test func `nothing of the gateway's fields reaches a browser but what is listed`() async throws {
        let upstream = try await RawUpstream { request, connection in
            connection.answer(
                "{}",
                fields:
                    "Content-Type: application/json\r\nSet-Cookie: a=b\r\nServer: x\r\nContent-Security-Policy: x\r\nConnection: keep-alive, x-named\r\n"
                    + "X-Named: x\r\nWWW-Authenticate: Bearer\r\nAccess-Control-Allow-Origin: *\r\nDate: x\r\nETag: \"1\"\r\nKeep-Alive: timeout=5\r\n"
                    + "Cache-Control: public, max-age=5\r\n")
        }
        let answer = try await ProxyBench(upstream).get("v1/models")
        let names = answer.fields.map { $0.name.canonicalName }.sorted()
        #expect(names == ["age", "cache-control", "cache-status", "content-type", "etag", "x-request-id"])
        #expect(answer.field("cache-control") == "private, max-age=5")
        #expect(try await answer.text() == "{}")
        try await upstream.stop()
    }
}

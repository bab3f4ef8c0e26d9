import Gateway
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@Suite struct ProxyRouteTests {
    @Test func `what is not in the role table does not reach the gateway`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        for path in [
            "", "v1", "v1/models/", "v1/../v1/models", "V1/models", "v1/%6dodels", "hooks/agent", "__openclaw__/canvas", "sessions//history",
        ] {
            #expect(try await bench.problem { try await bench.get(path) }.kind == .unknownRoute, "\(path)")
        }
        let unfit = try await bench.problem { try await bench.get("v1/chat/completions") }
        #expect(unfit.kind == .methodNotAllowed && unfit.allowedMethods == [.post])
        #expect(try await bench.problem { try await bench.post("v1/models", "{}") }.allowedMethods == [.get, .head])
        #expect(try await bench.problem { try await bench.post("tools/invoke", "{}") }.kind == .roleNeeded)
        #expect(upstream.requests.isEmpty)
        #expect(bench.records.count == 12)
        try await upstream.stop()
    }

    @Test func `the key of a conversation is one name and goes on as it came`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        for key in [
            "..", ".", "%2e%2e", "a%2Fb", "a%5cb", "a%252fb", "a%00b", "%zz", "%f", "a%0d%0ab", "%ff", "a b", String(repeating: "k", count: 513),
        ] {
            #expect(try await bench.problem { try await bench.get("sessions/\(key)/history") }.kind == .unknownRoute, "\(key)")
        }
        #expect(upstream.requests.isEmpty)
        for key in ["agent:main:main", "agent%3Amain%3Agr%C3%BC%C3%9Fe", String(repeating: "k", count: 512)] {
            _ = try await bench.get("sessions/\(key)/history", query: "limit=5&token=x&cursor=abc%3D&limit=9&offset")
            #expect(upstream.requests.last?.line == "GET /sessions/\(key)/history?limit=5&cursor=abc%3D&offset HTTP/1.1")
        }
        try await upstream.stop()
    }

    @Test func `a query goes on for the history of a conversation only`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        _ = try await bench.get("v1/models", query: "limit=5")
        #expect(upstream.requests.last?.line == "GET /v1/models HTTP/1.1")
        try await upstream.stop()
    }

    @Test func `procedures are called as the role allows`() async throws {
        let upstream = try await RawUpstream { $1.answer(#"{"ok":true}"#) }
        let bench = try ProxyBench(upstream)
        let path = "api/v1/admin/rpc"
        let body = #"{"id":"1","method":"agents.list","params":{}}"#
        #expect(try await bench.post(path, body).status == 200)
        #expect(upstream.requests.last?.body == body)
        #expect(try await bench.problem { try await bench.post(path, #"{"method":"logs.tail"}"#) }.kind == .roleNeeded)
        #expect(try await bench.post(path, #"{"method":"logs.tail"}"#, for: .user(role: .admin)).status == 200)
        let unknown = try await bench.problem { try await bench.post(path, #"{"method":"config.set"}"#, for: .user(role: .admin)) }
        #expect(unknown.kind == .unknownRoute)
        #expect(unknown.detail.contains("config.set"))
        for body in ["", "[]", "{}", #"{"method":1}"#, "{"] {
            #expect(try await bench.problem { try await bench.post(path, body) }.kind == .requestInvalid, "\(body)")
        }
        #expect(upstream.requests.count == 2)
        #expect(bench.records.first?.route == "rpc agents.list")
        try await upstream.stop()
    }

    @Test func `a request must be JSON and no longer than its route allows`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        let path = "v1/chat/completions"
        #expect(try await bench.problem { try await bench.post(path, "{}", [.contentType: "text/plain"]) }.kind == .requestInvalid)
        #expect(try await bench.problem { try await bench.post(path, "{}", [.contentLength: "1048577"]) }.kind == .requestTooLarge)
        let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
        let long = ProxyBench.Pieces(Array(repeating: piece, count: 17))
        #expect(try await bench.problem { try await bench.post(path, long) }.kind == .requestTooLarge)
        #expect(try await bench.problem { try await bench.get("v1/models", [.contentLength: "1"]) }.kind == .requestTooLarge)
        #expect(upstream.requests.isEmpty)
        try await upstream.stop()
    }

    @Test func `a long request goes on piece by piece, with its length where that is known`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 50_000)
        let long = ProxyBench.Pieces(Array(repeating: piece, count: 10))
        #expect(try await bench.post("v1/chat/completions", long).status == 200)
        #expect(try await bench.post("v1/chat/completions", long, [.contentLength: "500000"]).status == 200)
        #expect(upstream.requests.map(\.body.utf8.count) == [500_000, 500_000])
        #expect(upstream.requests.map { $0.field("transfer-encoding") } == ["chunked", nil])
        #expect(upstream.requests.map { $0.field("content-length") } == [nil, "500000"])
        try await upstream.stop()
    }
}

import HTTPTypes
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct ProxyCacheTests {
    private static let fresh = "Content-Type: application/json\r\nCache-Control: max-age=60\r\nETag: \"1\"\r\n"

    @Test func `an answer that may be kept is, for each role and question apart`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer("{}", fields: Self.fresh) }
        let bench = try ProxyBench(upstream)
        let first = try await bench.get("v1/models")
        #expect(first.field("cache-status") == "landing; fwd=uri-miss; stored")
        bench.means.skip(.seconds(10))
        let second = try await bench.get("v1/models", for: .user("grace"))
        #expect(second.field("cache-status") == "landing; hit; ttl=50")
        #expect(second.field("age") == "10")
        #expect(try await second.text() == "{}")
        #expect(upstream.requests.count == 1)
        _ = try await bench.get("v1/models", for: .user(role: .author))
        _ = try await bench.get("v1/models", [.accept: "application/*"])
        _ = try await bench.get("sessions/a/history", query: "limit=1")
        _ = try await bench.get("sessions/a/history", query: "limit=2")
        #expect(upstream.requests.count == 5)
        #expect(try await bench.get("v1/models", [.ifNoneMatch: "W/\"1\""]).status == 304)
        try await upstream.stop()
    }

    @Test func `what is kept is asked for again when it is old, and served on a 304`() async throws {
        let upstream = try await RawUpstream { request, connection in
            if request.field("if-none-match") == "\"1\"" {
                connection.write("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nCache-Control: max-age=30\r\n\r\n")
            } else {
                connection.answer("{}", fields: Self.fresh)
            }
        }
        let bench = try ProxyBench(upstream)
        _ = try await bench.get("v1/models")
        bench.means.skip(.seconds(61))
        let answer = try await bench.get("v1/models")
        #expect(answer.field("cache-status") == "landing; fwd=stale; fwd-status=304; stored")
        #expect(try await answer.text() == "{}")
        #expect(try await bench.get("v1/models").field("cache-status") == "landing; hit; ttl=30")
        let forced = try await bench.get("v1/models", [.cacheControl: "no-cache"])
        #expect(forced.field("cache-status") == "landing; fwd=request; fwd-status=304; stored")
        #expect(try await bench.get("v1/models", [.cacheControl: "no-store"]).field("cache-status") == "landing; fwd=request")
        try await upstream.stop()
    }

    @Test func `a call that may change something makes everything be asked again`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer(#"{"ok":true}"#, fields: Self.fresh) }
        let bench = try ProxyBench(upstream)
        for _ in 0..<2 { _ = try await bench.get("v1/models") }
        _ = try await bench.post("api/v1/admin/rpc", #"{"method":"health"}"#)
        #expect(try await bench.get("v1/models").field("cache-status")?.hasPrefix("landing; hit") == true)
        _ = try await bench.post("api/v1/admin/rpc", #"{"method":"cron.run"}"#, for: .user(role: .admin))
        #expect(try await bench.get("v1/models").field("cache-status") == "landing; fwd=uri-miss; stored")
        _ = try await bench.post("tools/invoke", "{}", for: .user(role: .admin))
        #expect(try await bench.get("v1/models").field("cache-status") == "landing; fwd=uri-miss; stored")
        #expect(upstream.requests.count == 6)
        try await upstream.stop()
    }

    @Test(arguments: [
        "Cache-Control: no-store, max-age=60", "Cache-Control: private, max-age=60", "Cache-Control: no-cache, max-age=60",
        "Cache-Control: max-age=0",
        "Cache-Control: max-age=x", "Cache-Control: max-age=60\r\nVary: Origin", "Cache-Control: max-age=60\r\nVary: *",
        "Cache-Control: max-age=60\r\nAge: 60", "Expires: 0\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT", "Expires: Sun, 06 Nov 1994 08:49:37 GMT",
        "ETag: \"1\"",
    ])
    func `nothing is kept without the gateway's leave`(_ field: String) async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.answer("{}", fields: "Content-Type: application/json\r\n\(field)\r\n")
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<2 { #expect(try await bench.get("v1/models").field("cache-status") == "landing; fwd=uri-miss") }
        #expect(upstream.requests.count == 2)
        try await upstream.stop()
    }

    @Test func `an answer that is too large to be kept comes whole`() async throws {
        let body = "[" + String(repeating: "1,", count: 200_000) + "1]"
        let upstream = try await RawUpstream { request, connection in
            connection.write("HTTP/1.1 200 OK\r\n\(Self.fresh)Transfer-Encoding: chunked\r\n\r\n")
            connection.chunk(body)
            connection.endStream()
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<2 { #expect(try await bench.get("v1/models").text() == body) }
        #expect(upstream.requests.count == 2)
        try await upstream.stop()
    }

    @Test func `replicas share what they keep, and believe nothing that is broken`() async throws {
        let shared = Shelf()
        let upstream = try await RawUpstream { _, connection in connection.answer("{}", fields: Self.fresh) }
        _ = try await ProxyBench(upstream, sharedCache: shared).get("v1/models")
        let answer = try await ProxyBench(upstream, sharedCache: shared).get("v1/models")
        #expect(upstream.requests.count == 1)
        #expect(try await answer.text() == "{}")
        #expect(answer.field("age") == "15")
        #expect(shared.seconds == [15])
        for length in [0, 1, 10, 60] {
            shared.cut(to: length)
            _ = try await ProxyBench(upstream, sharedCache: shared).get("v1/models")
        }
        #expect(upstream.requests.count == 5)
        try await upstream.stop()
    }

    private final class Shelf: GatewaySharedCache {
        private let kept = Mutex<[String: [UInt8]]>([:])
        private let lives = Mutex<Set<Int>>([])

        var seconds: Set<Int> { lives.withLock { $0 } }

        func cut(to length: Int) { kept.withLock { $0 = $0.mapValues { Array($0.prefix(length)) } } }

        func bytes(for key: String) async -> [UInt8]? { kept.withLock { $0[key] } }

        func store(_ bytes: [UInt8], for key: String, seconds: Int) async {
            lives.withLock { _ = $0.insert(seconds) }
            kept.withLock { $0[key] = bytes }
        }
    }
}

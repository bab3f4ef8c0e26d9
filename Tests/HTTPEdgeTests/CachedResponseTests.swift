import Content
import ContentCoding
import HTTPEdge
import NIOCore
import PageCache
import Site
import TestSupport
import Testing

/// What is answered before the router: `/ready` has a text, `/hello` is the router's.
@Suite struct CachedResponseTests {
    private static let host = "Host: a.example\r\n"
    private static let text = String(repeating: "a text that becomes smaller ", count: 400)

    private func cache(_ text: String = Self.text) -> PageCache {
        let cache = PageCache(
            PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
        let content = ResponseContent(contentType: "text/plain", cacheControl: "no-cache", vary: "Accept", body: Array(text.utf8))
        cache.publish(
            ResponseTable(pinned: [
                "/ready": PreparedResponse(content, tag: "tag", commonFields: [("x-common", "yes")], encode: { $1.encode($0, effort: .quick) })
            ]))
        return cache
    }

    /// Ends the connection after one answer: the second request is one that is refused.
    private func once(_ request: String, _ edge: LoopbackEdge) async throws -> HTTPExchange {
        try await edge.send(request + "GET / HTTP/1.1\r\n\r\n")
    }

    @Test func `what is ready goes out with its date, its request id and what every answer has`() async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let answer = try await once("GET /ready HTTP/1.1\r\n\(Self.host)\r\n", edge)
            #expect(answer.status == 200)
            #expect(answer.header("Date") == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(answer.header("X-Request-ID") == "00000000000000ff")
            #expect(answer.header("X-Common") == "yes")
            #expect(answer.header("Cache-Status") == "Landing; hit")
            #expect(answer.header("Vary") == "Accept, Accept-Encoding")
            #expect(answer.body.hasPrefix(Self.text))
        }
    }

    @Test(
        arguments: [
            ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("br;q=0, *", "zstd"), ("identity", nil),
            ("", nil),
            ("gzip;q=0", nil),
        ] as [(String, String?)])
    func `the coding that the client likes best is the one it gets`(_ accepted: String, _ coding: String?) async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let answer = try await once("GET /ready HTTP/1.1\r\n\(Self.host)Accept-Encoding: \(accepted)\r\n\r\n", edge)
            #expect(answer.header("Content-Encoding") == coding)
            #expect(answer.header("ETag") == (coding.map { "\"tag-\($0)\"" } ?? "\"tag\""))
        }
    }

    @Test(arguments: ["\"tag\"", "W/\"tag\"", "\"other\", \"tag\"", "*"])
    func `who has it already gets 304 and nothing more`(_ tags: String) async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let answer = try await once("GET /ready HTTP/1.1\r\n\(Self.host)If-None-Match: \(tags)\r\n\r\n", edge)
            #expect(answer.status == 304)
            #expect(answer.header("ETag") == "\"tag\"" && answer.header("Content-Length") == nil)
            #expect(answer.body.hasPrefix("HTTP/1.1 400"))
            let changed = try await once("GET /ready HTTP/1.1\r\n\(Self.host)If-None-Match: \"other\"\r\n\r\n", edge)
            #expect(changed.status == 200)
        }
    }

    @Test func `HEAD has the head that GET has`() async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let whole = try await once("GET /ready HTTP/1.1\r\n\(Self.host)\r\n", edge)
            let head = try await once("HEAD /ready HTTP/1.1\r\n\(Self.host)\r\n", edge)
            #expect(head.head == whole.head)
            #expect(head.body.hasPrefix("HTTP/1.1 400"))
        }
    }

    /// The router knows no `/ready`: its 404 says who answered.
    @Test(arguments: [
        "Range: bytes=0-1", "If-Match: \"tag\"", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "Authorization: Bearer x", "Content-Length: 0",
        "Upgrade: h2c", "Connection: close", "Accept: text/markdown", "Accept: Text/Markdown;q=0.9, text/html;q=0.1", "Expect: 100-continue",
    ])
    func `a request that asks for anything more goes to the router`(_ field: String) async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let answer = try await once("GET /ready HTTP/1.1\r\n\(Self.host)\(field)\r\n\r\n", edge)
            #expect(answer.status == 404)
        }
    }

    @Test(arguments: ["", "Host: a b\r\n", "Host: a\r\nHost: b\r\n"])
    func `a request without one valid Host is refused, ready or not`(_ hosts: String) async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let answer = try await edge.send("GET /ready HTTP/1.1\r\n\(hosts)\r\n")
            #expect(answer.status == 400)
        }
    }

    @Test func `answers keep their order, whoever makes them`() async throws {
        try await LoopbackEdge.run(cache: cache("ready!")) { edge in
            let pairs = "GET /echo/1 HTTP/1.1\r\n\(Self.host)\r\nGET /ready HTTP/1.1\r\n\(Self.host)\r\n"
            let last = "GET /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n"
            let answer = try await edge.send(String(repeating: pairs, count: 100) + last)
            let order = (answer.head + "\r\n\r\n" + answer.body).matches(of: /\/echo\/1 a\.example|ready!|HTTP\/1\.1 404|hello/).map {
                String($0.output)
            }
            // While an answer of the router's is owed, the router answers the next one too, and knows no such page.
            #expect(order.count == 201 && order.last == "hello")
            for (index, text) in order.dropLast().enumerated() {
                #expect(index % 2 == 0 ? text == "/echo/1 a.example" : text == "ready!" || text == "HTTP/1.1 404")
            }
        }
    }

    @Test func `a thousand requests at once on one connection are answered in full`() async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            let requests = String(repeating: "GET /ready HTTP/1.1\r\n\(Self.host)\r\n", count: 1_000)
            let answer = try await edge.send(requests + "GET /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let received = "\r\n\r\n" + answer.body
            #expect(received.utf8.count > 1_000 * Self.text.utf8.count)
            #expect(received.hasSuffix("hello"))
        }
    }

    @Test func `who asks and never reads is cut off`() async throws {
        var limits = EdgeLimits()
        limits.writeDeadline = .milliseconds(200)
        try await LoopbackEdge.run(limits: limits, cache: cache(String(repeating: Self.text, count: 100))) { edge in
            let requests = String(repeating: "GET /ready HTTP/1.1\r\n\(Self.host)\r\n", count: 100)
            try await edge.sendAndLeaveUnread(requests)
        }
    }

    @Test func `who says that nothing more comes still gets all that was asked for`() async throws {
        try await LoopbackEdge.run(cache: cache(String(repeating: Self.text, count: 10))) { edge in
            let requests = String(repeating: "GET /ready HTTP/1.1\r\n\(Self.host)\r\n", count: 200)
            let answer = try await edge.send(requests, halfCloses: true)
            #expect(answer.bytes.count > 200 * 10 * Self.text.utf8.count)
            #expect(answer.bytes.suffix(Self.text.utf8.count).elementsEqual(Self.text.utf8))
        }
    }

    @Test func `answers from here and from the router take turns on one connection, bodies between them`() async throws {
        try await LoopbackEdge.run(cache: cache()) { edge in
            // A body that looks like a request is none.
            let body = "GET /ready HTTP/1.1\r\nHost: a.example\r\n\r"
            let post = "POST /length HTTP/1.1\r\n\(Self.host)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            let ready = "GET /ready HTTP/1.1\r\n\(Self.host)\r\n"
            let answer = try await once(ready + post + ready, edge)
            #expect(answer.header("Cache-Status") == "Landing; hit")
            let rest = answer.body.dropFirst(Self.text.utf8.count)
            #expect(rest.contains("\r\n\r\n\(body.utf8.count)HTTP/1.1 "))
        }
    }

    @Test func `who says that nothing more comes, and reads slowly, gets the last byte too`() async throws {
        let text = String(repeating: Self.text, count: 100)
        try await LoopbackEdge.run(cache: cache(text)) { edge in
            let bytes = try await edge.sendHalfCloseAndReadLate("GET /ready HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(bytes.count > text.utf8.count)
            #expect(bytes.suffix(Self.text.utf8.count).elementsEqual(Self.text.utf8))
        }
    }
}

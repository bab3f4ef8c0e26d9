import HTTPEdge
import NIOCore
import TestSupport
import Testing

@Suite struct RefusalTests {
    private static let host = "Host: a.example\r\n"

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: \r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost: a:port\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\n\(host)X: a\r\n b\r\n\r\n", 400),
        ("GET hello HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET ftp://a/hello HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET http://u@a/hello HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET /h\u{E4}llo HTTP/1.1\r\n\(host)\r\n", 400),
        ("TRACE /hello HTTP/1.1\r\n\(host)\r\n", 405),
        ("CONNECT a.example:443 HTTP/1.1\r\n\(host)\r\n", 405),
        ("GET /hello HTTP/2.0\r\n\(host)\r\n", 505),
        ("POST /length HTTP/1.1\r\n\(host)Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 400),
        ("POST /length HTTP/1.1\r\n\(host)Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        ("POST /length HTTP/1.1\r\n\(host)Content-Length: +1\r\n\r\na", 400),
        ("POST /length HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("POST /length HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        ("POST /length HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /length HTTP/1.1\r\n\(host)Content-Length: 9999999\r\n\r\n", 413),
        ("POST /length HTTP/1.1\r\n\(host)Expect: a-miracle\r\nContent-Length: 1\r\n\r\na", 417),
        ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n\(host)\r\n", 414),
        ("GET /\(String(repeating: "a", count: 90_000)) HTTP/1.1\r\n\(host)\r\n", 414),
        ("GET /hello HTTP/1.1\r\n\(host)X: \(String(repeating: "a", count: 90_000))\r\n\r\n", 431),
        ("GET /hello HTTP/1.1\r\n\(host)\(String(repeating: "a: b\r\n", count: 1_000))\r\n", 431),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 400),
        ("GET /hello\r\n\r\n", 505),
        (
            "GET /hello HTTP/1.1\r\n\(host)Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
            200
        ),
    ])
    func `a request that is not fit to be answered gets its status and ends the connection`(_ request: String, _ status: Int) async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(request)
            #expect(answer.status == status, "\(answer.head)")
            guard status != 200 else { return }
            #expect(answer.header("Content-Type") == "application/problem+json")
            #expect(answer.header("Connection") == "close")
            #expect(answer.header("Date") == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(answer.header("X-Request-ID") == "00000000000000ff")
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            #expect(answer.header("Content-Length") == "\(answer.bytes.count)")
            #expect(answer.body.contains("\"status\":\(status)"))
        }
    }

    @Test func `a body that grows past its limit is refused while it comes`() async throws {
        var limits = EdgeLimits()
        limits.body = 100
        try await LoopbackEdge.run(limits: limits) { edge in
            let chunk = "32\r\n\(String(repeating: "a", count: 50))\r\n"
            let answer = try await edge.send(
                "POST /length HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 3) + "0\r\n\r\n")
            #expect(answer.status == 413)
        }
    }

    @Test func `garbage behind good requests waits for their answers`() async throws {
        try await LoopbackEdge.run { edge in
            let good = "GET /hello HTTP/1.1\r\n\(Self.host)\r\n"
            let answer = try await edge.send(good + good + "NONSENSE\r\n\r\n")
            #expect(answer.head.contains("200 OK"))
            let all = answer.head + answer.body
            #expect(all.count(of: "HTTP/1.1 200 OK") == 2)
            #expect(all.count(of: "HTTP/1.1 400 Bad Request") == 1)
            #expect(try #require(all.lastRange(of: "200 OK")) < all.lastRange(of: "400 Bad")!)
        }
    }

    @Test func `half a request is gone after its deadline, while others are served`() async throws {
        var limits = EdgeLimits()
        limits.headDeadline = .milliseconds(300)
        limits.bodyDeadline = .milliseconds(300)
        try await LoopbackEdge.run(limits: limits) { edge in
            async let head = edge.send("GET /hello HTTP/1.1\r\nHost: a")
            async let body = edge.send("POST /length HTTP/1.1\r\n\(Self.host)Content-Length: 10\r\n\r\nabc")
            async let other = edge.send("GET /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let statuses = try await [other.status, head.status, body.status]
            #expect(statuses == [200, 408, 408])
        }
    }

    @Test(arguments: [
        ("", 400), ("\(host)Content-Length: 9000000\r\n", 413), ("\(host)Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ])
    func `a HEAD that is refused gets a head and nothing more`(fields: String, status: Int) async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send("HEAD /hello HTTP/1.1\r\n\(fields)\r\n")
            #expect(answer.status == status)
            #expect(answer.bytes.isEmpty)
        }
    }

    @Test func `a connection that says nothing is closed without a word`() async throws {
        var limits = EdgeLimits()
        limits.idleDeadline = .milliseconds(200)
        try await LoopbackEdge.run(limits: limits) { edge in
            let silent = try await edge.send("")
            #expect(silent.head.isEmpty)
        }
    }

    @Test func `one connection too many is told so`() async throws {
        var limits = EdgeLimits()
        limits.connections = 1
        limits.headDeadline = .seconds(5)
        try await LoopbackEdge.run(limits: limits) { edge in
            async let first = edge.send("GET /hello HTTP/1.1\r\nHost: a", until: "never")
            try await edge.wait { $0 > 0 }
            let second = try await edge.send("GET /hello HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(second.status == 503)
            #expect(second.header("Retry-After") == "5")
            _ = try? await first
        }
    }
}

extension String {
    func count(of part: String) -> Int { ranges(of: part).count }

    func lastRange(of part: String) -> String.Index? { ranges(of: part).last?.lowerBound }
}

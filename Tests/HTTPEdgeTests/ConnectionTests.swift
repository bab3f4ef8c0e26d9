import HTTPEdge
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite struct ConnectionTests {
    private static let host = "Host: a.example\r\n"

    @Test func `pipelined requests are answered in their order`() async throws {
        try await LoopbackEdge.run { edge in
            let requests = (1...100).map { "GET /echo/\($0) HTTP/1.1\r\n\(Self.host)\($0 == 100 ? "Connection: close\r\n" : "")\r\n" }.joined()
            let answer = try await edge.send(requests)
            let numbers = (answer.head + "\r\n\r\n" + answer.body).matches(of: /\/echo\/(\d+) a\.example/).compactMap { Int($0.output.1) }
            #expect(numbers == Array(1...100))
        }
    }

    @Test(arguments: ["close", "Close", "foo, close", "keep-alive, CLOSE ,x"])
    func `close among the connection's tokens ends it`(_ tokens: String) async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(
                "GET /hello HTTP/1.1\r\n\(Self.host)Connection: \(tokens)\r\n\r\nGET /hello HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(answer.body == "hello")
            #expect(answer.header("Connection") == "close")
        }
    }

    @Test func `HTTP 1.0 gets an answer that it understands, and its connection ends`() async throws {
        try await LoopbackEdge.run { edge in
            let plain = try await edge.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(plain.status == 200 && plain.body == "hello")
            let stream = try await edge.send("GET /stream HTTP/1.0\r\n\(Self.host)Connection: keep-alive\r\n\r\n")
            #expect(stream.body == "one two three")
            #expect(stream.header("Transfer-Encoding") == nil)
            let chunked = try await edge.send("GET /stream HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            #expect(chunked.header("Transfer-Encoding") == "chunked")
        }
    }

    @Test func `whoever waits for 100 Continue gets it before the body`() async throws {
        try await LoopbackEdge.run { edge in
            let head = "POST /length HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            let answer = try await edge.send(head, until: "\r\n\r\n")
            #expect(answer.head == "HTTP/1.1 100 Continue")
            let whole = try await edge.send(head.replacing("Content-Length", with: "Connection: close\r\nContent-Length") + "hello")
            #expect((whole.head + whole.body).contains("HTTP/1.1 200 OK"))
            #expect(whole.body.hasSuffix("5"))
        }
    }

    @Test func `an answer before the body's end closes the connection behind it`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(
                "POST /early HTTP/1.1\r\n\(Self.host)Content-Length: 500000\r\n\r\n" + String(repeating: "a", count: 1_000))
            #expect(answer.status == 200)
            #expect(answer.header("Connection") == "close")
            #expect(answer.body == "no need to read it")
        }
    }

    @Test func `what concerns the connection, or pretends to come from the edge, goes no further`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(
                "GET /echo HTTP/1.1\r\n\(Self.host)Connection: close, X-Drop\r\nX-Drop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nX-Request-ID: forged\r\n\r\n"
            )
            let body = answer.body.lowercased()
            #expect(!body.contains("x-drop") && !body.contains("keep-alive") && !body.contains("h2c") && !body.contains("forged"))
            #expect(body.contains("00000000000000ff"))
            #expect(answer.header("X-Request-ID") == "00000000000000ff")
        }
    }

    @Test func `an absolute target names the host, whatever Host says`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send("GET http://b.example:80/echo?q HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            #expect(answer.body.hasPrefix("/echo?q b.example:80"))
        }
    }

    @Test func `nothing is between the head of an answer without a length, to HEAD, and the next answer`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(
                "HEAD /stream HTTP/1.1\r\n\(Self.host)\r\nGET /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            #expect(answer.status == 200 && answer.header("Transfer-Encoding") == "chunked")
            #expect(answer.body.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.body.hasSuffix("hello"), "\(answer.text)")
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send("HEAD /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            #expect(answer.status == 200)
            #expect(answer.bytes.isEmpty)
        }
    }

    @Test func `a reader that takes nothing is cut off, and costs no more than its buffers`() async throws {
        var limits = EdgeLimits()
        limits.writeDeadline = .seconds(1)
        try await LoopbackEdge.run(limits: limits) { edge in
            try await edge.sendAndLeaveUnread("GET /endless HTTP/1.1\r\n\(Self.host)\r\n")
        }
    }

    @Test func `connections that are gone are not counted`() async throws {
        try await LoopbackEdge.run { edge in
            for _ in 1...50 { _ = try await edge.send("GET /hello HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n") }
            try await edge.wait { $0 == 0 }
        }
    }

    @Test(arguments: ["GET /he", "GET /hello HTTP/1.1\r\n", "GET /hello HTTP/1.1\r\nHost: a.example\r"])
    func `half a head in the packet of a whole request has the deadline of a head`(_ half: String) async throws {
        var limits = EdgeLimits()
        limits.headDeadline = .milliseconds(200)
        try await LoopbackEdge.run(limits: limits) { edge in
            let answer = try await edge.send("GET /hello HTTP/1.1\r\n\(Self.host)\r\n\(half)")
            #expect(answer.body.hasPrefix("hello"))
            #expect(answer.body.contains("HTTP/1.1 408"))
        }
    }

    @Test func `blank lines behind a request are no half head`() async throws {
        var limits = EdgeLimits()
        limits.headDeadline = .milliseconds(50)
        limits.idleDeadline = .seconds(2)
        try await LoopbackEdge.run(limits: limits) { edge in
            let answer = try await edge.send("GET /hello HTTP/1.1\r\n\(Self.host)\r\n\r\n\r\n")
            #expect(answer.body == "hello")
        }
    }

    @Test func `a reader that is slow and goes on reading keeps its connection`() async throws {
        var limits = EdgeLimits()
        limits.writeDeadline = .seconds(3)
        limits.writeProgress = 1
        try await LoopbackEdge.run(limits: limits) { edge in
            // Twenty times as much as it takes in one deadline, and more than the kernel keeps for it.
            let request = "GET /endless HTTP/1.1\r\n\(Self.host)\r\n"
            let connections = try await edge.connections(afterReading: 70, of: 1 << 20, every: .milliseconds(100), from: request)
            #expect(connections == 1)
        }
    }

    @Test(arguments: ["", "GET /hel", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"])
    func `a client that has gone leaves nothing behind`(beginning: String) async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(beginning, halfCloses: true)
            #expect(answer.text.contains("hello") == beginning.hasPrefix("GET /hello "))
            try await edge.wait { $0 == 0 }
        }
    }

    @Test(arguments: [10, 16_384, 16_385, 100_000])
    func `a body is the same whether it waits for its end or goes in as it comes`(length: Int) async throws {
        try await LoopbackEdge.run { edge in
            let body = String(repeating: "a", count: length)
            let whole = try await edge.send("POST /length HTTP/1.1\r\n\(Self.host)Connection: close\r\nContent-Length: \(length)\r\n\r\n\(body)")
            #expect(whole.body == "\(length)")
            let chunked = "\(String(length / 2, radix: 16))\r\n\(body.prefix(length / 2))\r\n\(String(length - length / 2, radix: 16))\r\n"
            let pieces = try await edge.send(
                "POST /length HTTP/1.1\r\n\(Self.host)Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n\(chunked)\(body.suffix(length - length / 2))\r\n0\r\n\r\n"
            )
            #expect(pieces.body == "\(length)")
        }
    }
}

import Content
import ContentCoding
import HTTPEdge
import HTTPTypes
import Hummingbird
import NIOCore
import PageCache
import Site
import Synchronization
import TestSupport
import Testing

/// What is answered on the event loop of its connection: `/direct/…` is, `/ready` has a text, `/hello` is the router's.
@Suite struct DirectSiteTests {
    private static let host = "Host: a.example\r\n"
    /// Ends the connection behind what is asked before it.
    private static let end = "GET / HTTP/1.1\r\n\r\n"

    private static func cache() -> PageCache {
        let cache = PageCache(
            PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
        let content = ResponseContent(contentType: "text/plain", cacheControl: "no-cache", vary: "Accept", body: Array("ready".utf8))
        cache.publish(
            ResponseTable(pinned: ["/ready": PreparedResponse(content, tag: "tag", commonFields: [], encode: { $1.encode($0, effort: .quick) })]))
        return cache
    }

    private static func run(_ begin: @escaping @Sendable (DirectExchange) -> Bool, test: (LoopbackEdge) async throws -> Void) async throws {
        let direct = DirectSite(takes: { $0.hasPrefix("/direct/") }, begin: begin)
        try await LoopbackEdge.run(cache: cache(), direct: direct, test: test)
    }

    private static func says(_ exchange: DirectExchange, _ text: String) {
        exchange.send(.ok, [(.contentType, "text/plain")], ByteBuffer(string: text))
    }

    private static func get(_ path: String, _ fields: String = "") -> String { "GET \(path) HTTP/1.1\r\n\(host)\(fields)\r\n" }

    @Test func `an answer has what every answer has, and its own length`() async throws {
        try await Self.run { exchange in
            exchange.send(
                .ok, [(.contentType, "text/plain"), (.contentLength, "99"), (.date, "never"), (.connection, "x")],
                ByteBuffer(string: exchange.address), written: ByteBuffer(string: "x-written: before\r\n"))
            return true
        } test: { edge in
            let answer = try await edge.send(Self.get("/direct/a?b=c") + Self.end)
            #expect(answer.status == 200 && answer.body.hasPrefix("/direct/a?b=cHTTP/1.1 400"))
            #expect(answer.header("Content-Length") == "13" && answer.header("Content-Type") == "text/plain")
            #expect(answer.header("Date") == "Sun, 06 Nov 1994 08:49:37 GMT" && answer.header("X-Request-ID") == "00000000000000ff")
            #expect(answer.header("X-Written") == "before")
            #expect(answer.header("X-Content-Type-Options") == "nosniff" && answer.header("Connection") == nil)
        }
    }

    @Test(arguments: [(204, "No Content"), (304, "Not Modified")])
    func `an answer that has no body has no length of one`(_ code: Int, _ words: String) async throws {
        try await Self.run { exchange in
            exchange.send(HTTPResponse.Status(code: code), [], ByteBuffer())
            return true
        } test: { edge in
            let answer = try await edge.send(Self.get("/direct/") + Self.end)
            #expect(answer.head.hasPrefix("HTTP/1.1 \(code) \(words)\r\n"))
            #expect(answer.header("Content-Length") == nil && answer.body.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func `the site reads what the client sent, without what is about the connection`() async throws {
        try await Self.run { exchange in
            let fields = exchange.fields
            let said = [
                fields.traceparent, fields.accept, fields.acceptEncoding, fields.cookies, exchange.requestID, fields.isAboutCaches ? "caches" : nil,
            ]
            exchange.respond { request, _ in
                let names = request.headers.map(\.name.canonicalName).joined(separator: " ")
                let text = "\(said.map { $0 ?? "-" }.joined(separator: "|")) \(request.head.authority ?? "-") \(request.uri) \(names)"
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
            return true
        } test: { edge in
            let fields = [
                "Traceparent:  first ", "Traceparent: second", "Cache-Control: no-cache", "Accept: a/b", "Cookie: session=1", "TE: trailers",
                "X-Request-Id: mine", "Connection: keep-alive",
            ]
            .map { $0 + "\r\n" }.joined()
            let answer = try await edge.send(Self.get("/direct/x?y", fields) + Self.end)
            let names = "traceparent traceparent cache-control accept cookie x-request-id"
            #expect(answer.body.hasPrefix("first|a/b|-|session=1|00000000000000ff|caches a.example /direct/x?y \(names)HTTP/1.1 400"))
        }
    }

    @Test(arguments: [
        "HEAD /direct/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /direct/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /direct/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /direct/ HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n",
        "GET /direct/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "GET /direct/ HTTP/1.1\r\nHost: a b\r\n\r\n",
    ])
    func `what is more than a plain GET is the router's, or refused`(_ request: String) async throws {
        try await Self.run { exchange in
            Self.says(exchange, "direct")
            return true
        } test: { edge in
            let answer = try await edge.send(request + Self.end)
            #expect(answer.status == 404 || answer.status == 400)
        }
    }

    @Test func `what the site does not begin goes to the router as it came`() async throws {
        let begun = Atomic(0)
        let direct = DirectSite(takes: { $0.hasPrefix("/echo/") }) { _ in
            begun.add(1, ordering: .relaxed)
            return false
        }
        try await LoopbackEdge.run(cache: Self.cache(), direct: direct) { edge in
            let answer = try await edge.send(Self.get("/echo/x", "X-Y: z\r\n") + Self.get("/hello") + Self.end)
            #expect(answer.status == 200 && answer.body.hasPrefix("/echo/x a.example"))
            #expect(answer.body.contains("hello"))
            #expect(begun.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `answers leave in the order of their requests, whoever makes them`() async throws {
        let waiting = Mutex<[DirectExchange]>([])
        try await Self.run { exchange in
            if exchange.address == "/direct/late" {
                waiting.withLock { $0.append(exchange) }
            } else {
                Self.says(exchange, "<soon>")
            }
            return true
        } test: { edge in
            async let answer = edge.send(
                Self.get("/direct/soon") + Self.get("/direct/late") + Self.get("/ready") + Self.get("/direct/soon") + Self.get("/hello") + Self.end)
            #expect(try await eventually { waiting.withLock { $0.count } == 1 } != nil)
            let exchange = try #require(waiting.withLock { $0.first })
            exchange.eventLoop.execute { Self.says(exchange, "<late>") }
            let text = try await answer.text
            let places = ["<soon>", "<late>", "ready", "<soon>", "hello", "HTTP/1.1 400"].reduce(into: [text.startIndex]) { places, word in
                if let last = places.last, let found = text[last...].firstRange(of: word) { places.append(found.upperBound) }
            }
            #expect(places.count == 7, "\(text)")
        }
    }

    @Test func `a body of unknown length comes in chunks, each when it is made`() async throws {
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        try await Self.run { exchange in
            exchange.respond { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "one "))
                        for await _ in steps { break }
                        try await writer.write(ByteBuffer(string: "two"))
                        try await writer.finish(nil)
                    })
            }
            return true
        } test: { edge in
            let first = try await edge.send(Self.get("/direct/"), until: "one ")
            #expect(first.status == 200 && first.header("Transfer-Encoding") == "chunked" && first.header("Content-Length") == nil)
            #expect(first.body == "4\r\none \r\n")
            step.yield()
            step.yield()
            let whole = try await edge.send(Self.get("/direct/") + Self.end)
            #expect(whole.body.hasPrefix("4\r\none \r\n3\r\ntwo\r\n0\r\n\r\nHTTP/1.1 400"))
        }
    }

    @Test func `whoever does not read has no more made for him than the system takes`() async throws {
        let made = Atomic(0)
        var limits = EdgeLimits()
        limits.writeDeadline = .milliseconds(300)
        let direct = DirectSite(takes: { $0 == "/direct/" }) { exchange in
            exchange.respond { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        while true {
                            try await writer.write(ByteBuffer(repeating: 0x61, count: 65_536))
                            made.add(1, ordering: .relaxed)
                        }
                    })
            }
            return true
        }
        try await LoopbackEdge.run(limits: limits, cache: Self.cache(), direct: direct) { edge in
            try await edge.sendAndLeaveUnread(Self.get("/direct/"))
            // Both sides' buffers together are a few megabytes.
            #expect(made.load(ordering: .relaxed) < 300)
        }
    }

    @Test(arguments: [true, false])
    func `a client that goes away ends what is done for it, by half or wholly`(halfCloses: Bool) async throws {
        let (departures, departed) = AsyncStream.makeStream(of: String.self)
        let hasBegun = Atomic(false)
        try await Self.run { exchange in
            hasBegun.store(true, ordering: .relaxed)
            exchange.onDeparture { departed.yield("told") }
            exchange.respond { _, _ in
                await withTaskCancellationHandler {
                    // Nothing ever comes; only being cancelled ends it.
                    for await _ in AsyncStream<Void>.makeStream().stream {}
                } onCancel: {
                    departed.yield("cancelled")
                    departed.finish()
                }
                return Response(status: .ok)
            }
            return true
        } test: { edge in
            let asking = Task { try await edge.send(Self.get("/direct/"), halfCloses: halfCloses) }
            if !halfCloses {
                #expect(try await eventually { hasBegun.load(ordering: .relaxed) } != nil)
                asking.cancel()
            }
            var said: [String] = []
            for await word in departures { said.append(word) }
            #expect(said == ["told", "cancelled"])
            // Its connection comes to its end as well.
            _ = try? await asking.value
            try await edge.wait { $0 == 0 }
        }
    }

    @Test func `a client that closes its sending side hears what is said to that, and its connection ends`() async throws {
        try await Self.run { exchange in
            exchange.onDeparture { exchange.send(.badGateway, [], ByteBuffer(string: "gone")) }
            return true
        } test: { edge in
            let start = ContinuousClock.now
            let answer = try await edge.send(Self.get("/direct/"), halfCloses: true)
            #expect(answer.status == 502 && answer.body == "gone")
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func `whoever asks again and again and reads nothing has no more begun for him`() async throws {
        let begun = Atomic(0)
        var limits = EdgeLimits()
        limits.writeDeadline = .milliseconds(300)
        let direct = DirectSite(takes: { $0 == "/direct/" }) { exchange in
            begun.add(1, ordering: .relaxed)
            // Later, as an answer of another server comes.
            exchange.eventLoop.execute { exchange.send(.ok, [], ByteBuffer(repeating: 0x61, count: 32_768)) }
            return true
        }
        try await LoopbackEdge.run(limits: limits, cache: Self.cache(), direct: direct) { edge in
            try await edge.sendAndLeaveUnread(String(repeating: Self.get("/direct/"), count: 3_000))
            // 96 MB would be all of them; buffers of both sides hold a few.
            #expect(begun.load(ordering: .relaxed) < 600, "\(begun.load(ordering: .relaxed))")
        }
    }

    @Test func `what is ready does not wait behind it for an answer that is late`() async throws {
        try await Self.run { exchange in
            if exchange.address == "/direct/soon" { exchange.eventLoop.execute { Self.says(exchange, "<soon>") } }
            return true
        } test: { edge in
            let answer = try await edge.send(Self.get("/direct/soon") + Self.get("/ready") + Self.get("/direct/never"), until: "\r\n\r\nready")
            #expect(answer.text.contains("<soon>"))
        }
    }

    @Test func `an answer that breaks off ends the connection`() async throws {
        struct Broken: Error {}
        try await Self.run { exchange in
            exchange.respond { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await writer.write(ByteBuffer(string: "half"))
                        throw Broken()
                    })
            }
            return true
        } test: { edge in
            let answer = try await edge.send(Self.get("/direct/") + Self.get("/hello"))
            #expect(answer.body == "4\r\nhalf\r\n")
        }
    }
}

import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Gateway

/// What is read of an answer without the parser, and what is left to it.
@Suite struct PlainAnswerTests {
    private static let json = "Content-Type: application/json\r\n"

    private static func read(_ text: String) -> PlainAnswer? { PlainAnswer(ByteBuffer(string: text)) }

    @Test func `a short answer that is all there is read as it stands`() throws {
        let answer = try #require(
            Self.read(
                "HTTP/1.1 200 Very well\r\nContent-Type:  application/json; charset=utf-8 \r\nCACHE-control: no-store\r\nETag: \"a\"\r\nAge: 3\r\nX-Other: x\r\nConnection: Keep-Alive\r\ncontent-length: 2\r\n\r\n{}"
            ))
        #expect(answer.head.status == 200 && answer.head.isJSON && answer.head.contentType == "application/json; charset=utf-8")
        #expect(answer.head.cacheControl == ["no-store"] && answer.head.etag == "\"a\"" && answer.head.age == 3 && answer.head.contentLength == 2)
        #expect(String(buffer: answer.content) == "{}")
        #expect(Self.read("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")?.content.readableBytes == 0)
    }

    @Test(
        arguments: [
            // Not whole, or more than that.
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{",
            // Another status, another version.
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            // Framed otherwise, or the last on its connection.
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
            // Not as it is written.
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \u{0}\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nA: é\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
        ])
    func `anything else is the parser's`(_ text: String) { #expect(Self.read(text) == nil) }

    @Test func `a head that comes again is known, and only as long as it is the same to the byte`() throws {
        var last: PlainAnswer.Known?
        func read(_ text: String) -> PlainAnswer? { PlainAnswer(ByteBuffer(string: text), after: &last) }
        func text(_ etag: String, _ body: String) -> String {
            "HTTP/1.1 200 OK\r\n\(Self.json)ETag: \(etag)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let first = try #require(read(text("a", "[1]")))
        let second = try #require(read(text("a", "[2]")))
        #expect(second.head === first.head && String(buffer: second.content) == "[2]")
        let third = try #require(read(text("b", "[3]")))
        #expect(third.head !== first.head && third.head.etag == "b" && String(buffer: third.content) == "[3]")
        #expect(read(text("b", "[3]") + "x") == nil && read(String(text("b", "[3]").dropLast())) == nil)
        #expect(try #require(read(text("b", "[4]"))).head === third.head)
    }

    @Test(arguments: [1, 2, 7, 40, 200])
    func `an answer says the same however its bytes are cut, and the connection is used again`(_ size: Int) async throws {
        let body = #"{"data":[1,2,3]}"#
        let whole = "HTTP/1.1 200 OK\r\n\(Self.json)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let upstream = try await RawUpstream { request, connection in
            // Every other comes all at once.
            guard request.line.contains("cut") else { return connection.write(whole) }
            var rest = whole[...]
            while !rest.isEmpty {
                connection.write(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
        }
        let bench = try ProxyBench(upstream)
        for key in ["cut", "whole", "cut", "cut", "whole"] {
            let answer = try await bench.get("sessions/\(key)/history")
            #expect(answer.status == 200)
            #expect(try await answer.text() == body)
        }
        #expect(upstream.requests.allSatisfy { $0.field("host") == "127.0.0.1:\(upstream.port)" && $0.field("authorization") == "Bearer secret" })
        try await upstream.stop()
    }

    @Test func `two requests are the same to the gateway, written as bytes or by the encoder`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer("{}") }
        let bench = try ProxyBench(upstream)
        _ = try await bench.get("v1/models", [.accept: "application/json, */*"])
        _ = try await bench.get("v1/models", [.accept: "application/json, */*", .cacheControl: "max-age=0"])
        let requests = upstream.requests
        #expect(requests.count == 2 && requests[0].line == requests[1].line)
        #expect(requests[0].fields.map { "\($0.name): \($0.value)" } == requests[1].fields.map { "\($0.name): \($0.value)" })
        try await upstream.stop()
    }
}

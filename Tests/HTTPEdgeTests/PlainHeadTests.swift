import Content
import ContentCoding
import NIOCore
import NIOEmbedded
import NIOHTTP1
import PageCache
import Site
import Testing

@testable import HTTPEdge

/// What is read before the parser, and that the parser reads the same.
struct PlainHeadTests {
    private static let ready = "GET /ready HTTP/1.1\r\nHost: a.example\r\nAccept-Encoding: gzip\r\n\r\n"
    private static let other = "GET /other HTTP/1.1\r\nHost: a.example\r\n\r\n"
    private static let form = "POST /form HTTP/1.1\r\nhost:a.example\r\nCONTENT-LENGTH:  19 \r\n\r\nGET /ready HTTP/1.1"
    private static let chunked = "POST /form HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

    /// What became of some bytes: how many answers came at once, and what went on to the parser.
    private struct Outcome: Equatable {
        var answers = 0
        var forwarded: [UInt8] = []
    }

    /// - Parameter isOwed: whether the requests that go on stay without an answer.
    private func outcome(of text: String, pieces: Int = .max, isOwed: Bool = false) throws -> Outcome {
        let cache = PageCache(PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
        let content = ResponseContent(contentType: "text/plain", cacheControl: "no-cache", body: Array("ready".utf8))
        cache.publish(
            ResponseTable(pinned: ["/ready": PreparedResponse(content, tag: "tag", commonFields: [], encode: { $1.encode($0, effort: .quick) })]))
        let state = ConnectionPhase()
        let configuration = EdgeConfiguration(date: HTTPDate { 0 }, makeRequestID: { "ff" })
        let channel = EmbeddedChannel()
        let parser = Collector { if isOwed { state.unanswered += 1 } }
        try channel.pipeline.syncOperations.addHandlers([
            CachedResponseHandler(configuration, cache: cache, state: state, room: HeadRoom(date: configuration.date)), parser,
        ])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(pieces, bytes.count)) {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes[start..<min(start + min(pieces, bytes.count), bytes.count)]))
            channel.pipeline.fireChannelReadComplete()
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        var outcome = Outcome(forwarded: parser.bytes)
        while let written = try channel.readOutbound(as: ByteBuffer.self) {
            if written.getString(at: 0, length: written.readableBytes)?.hasPrefix("HTTP/1.1 200") == true { outcome.answers += 1 }
        }
        _ = try channel.finish(acceptAlreadyClosed: true)
        return outcome
    }

    @Test(arguments: [1, 2, 3, 7, 20, 64, .max])
    func `however bytes are cut, the same requests are answered and the same bytes go on`(pieces: Int) throws {
        let (ready, other, form) = (Self.ready, Self.other, Self.form)
        let whole = try outcome(of: ready + other + form + ready + form + other + ready, pieces: pieces)
        #expect(whole == Outcome(answers: 3, forwarded: Array((other + form + form + other).utf8)))
    }

    @Test func `a head reads the same behind any other`() {
        let lines = [
            "GET / HTTP/1.1\r\n", "HEAD /a/longer/one?b=c HTTP/1.1\r\n", "POST /a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "GET /a HTTP/1.0\r\n",
        ]
        let fields = [
            "Host: a.example\r\n\r\n", "Host: b.example\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\nIf-None-Match: \"a\"\r\n\r\n",
            "Host: a.example\r\nCookie: session=x\r\nTraceparent: 00\r\n\r\n", "Host: a.example\r\nContent-Length: 3\r\n\r\n",
            "Host: a.example\r\nHost: b\r\n\r\n", "Host: a.example\r\nX: \r\n", "\r\n",
            "Host: a.example\r\nRange: bytes=0-1\r\n\r\nGET / HTTP/1.1\r\n",
        ]
        let heads = lines.flatMap { line in fields.map { ByteBuffer(string: line + $0) } }
        var alone: [String] = []
        for head in heads {
            var none: PlainHead.Known?
            alone.append("\(PlainHead.read(head, after: &none))")
        }
        for first in heads {
            for (index, second) in heads.enumerated() {
                var last: PlainHead.Known?
                _ = PlainHead.read(first, after: &last)
                #expect("\(PlainHead.read(second, after: &last))" == alone[index], "\(String(buffer: first)) \(String(buffer: second))")
            }
        }
    }

    @Test func `while an answer is owed, everything goes on`() throws {
        let rest = Self.other + Self.ready
        #expect(try outcome(of: Self.ready + rest, isOwed: true) == Outcome(answers: 1, forwarded: Array(rest.utf8)))
    }

    @Test(arguments: [
        chunked, "get /ready HTTP/1.1\r\nHost: a\r\n\r\n", "GET  /ready HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ready HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /ready HTTP/1.1\nHost: a\n\n", "GET /ready HTTP/1.1\r\nHost : a\r\n\r\n", "GET /ready HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET /ready HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", "\r\nGET /ready HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /ready HTTP/1.1\r\nHost: a\u{1}\r\n\r\n", "GET /rea\u{e4}dy HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ready HTTP/1.1\r\n\r\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "GET /ready HTTP/1.1\r\n: a\r\n\r\n",
    ])
    func `from what is not plain on, the connection is the parser's`(text: String) throws {
        for pieces in [1, 5, .max] {
            #expect(
                try outcome(of: Self.ready + text + Self.ready, pieces: pieces) == Outcome(answers: 1, forwarded: Array((text + Self.ready).utf8)))
        }
    }

    @Test(arguments: [
        "Host: a\r\nHost: a", "Host:\r\nHost: a", "Host: ", "Host: a b", "Accept: text/html", "Host: a\r\nRange: bytes=0-",
        "Host: a\r\nexpect: 100-continue",
        "Host: a\r\nIf-Match: *", "Host: a\r\nIf-Range: \"tag\"", "Host: a\r\nAuthorization: Basic eA==", "Host: a\r\nConnection: close",
        "Host: a\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "Host: a\r\nIf-None-Match: *\r\nIf-None-Match: *",
        "Host: a\r\nContent-Length: 1",
        "Host: a\r\nAccept: Text/Markdown", "Host: a\r\nAccept-Encoding: gzip\r\nAccept-Encoding: br",
    ])
    func `a request that says more is for the router, and the next is not`(fields: String) throws {
        let body = fields.contains("Content-Length") ? "x" : ""
        let request = "GET /ready HTTP/1.1\r\n\(fields)\r\n\r\n\(body)"
        #expect(try outcome(of: request + Self.ready) == Outcome(answers: 1, forwarded: Array(request.utf8)))
    }

    @Test(arguments: ["GEO", "HEAT", "OPTIONS", "POST", "DELETE"])
    func `other methods are for the router`(method: String) throws {
        let request = "\(method) /ready HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try outcome(of: request + Self.ready).forwarded.starts(with: request.utf8))
    }

    @Test func `a head with too many fields, or too large, is for the parser to refuse`() throws {
        for fields in [String(repeating: "a: b\r\n", count: 100), "a: " + String(repeating: "b", count: 33_000) + "\r\n"] {
            let request = "GET /ready HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
            #expect(try outcome(of: request) == Outcome(answers: 0, forwarded: Array(request.utf8)))
        }
    }

    @Test func `a head that is long and never whole is not read again and again`() throws {
        let long = "GET /ready HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: CachedResponseHandler.heldHead)
        #expect(try outcome(of: long, pieces: 1).forwarded == Array(long.utf8))
    }
}

/// Stands where the parser stands.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let onRead: () -> Void
    private(set) var bytes: [UInt8] = []

    init(onRead: @escaping () -> Void) { self.onRead = onRead }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        onRead()
    }
}

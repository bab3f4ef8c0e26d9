import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct ProxyRuleTests {
    @Test func `directives are read in any case, quoted or not, the stricter of two`() {
        let directives = CacheDirectives(["Max-Age=\"60\", x=\"a,no-store\"", "max-age=30 , S-MAXAGE=5"])
        #expect(directives.maxAge == 30)
        #expect(directives.sharedMaxAge == 5)
        #expect(!directives.noStore)
        #expect(CacheDirectives(["no-cache=\"x\""]).noCache)
        #expect(CacheDirectives(["max-age=-1"]).maxAge == 0)
    }

    @Test func `what a browser may keep is its own`() {
        func safe(_ value: String) -> String { AnswerHead(status: 200, fields: ["cache-control": value]).safeCacheControl }
        #expect(safe("public, max-age=60") == "private, max-age=60")
        #expect(safe("max-age=60, must-revalidate") == "private, max-age=60, must-revalidate")
        for value in ["", "public", "no-store, max-age=1", "no-cache", "max-age=0", "s-maxage=60"] { #expect(safe(value) == "no-store") }
    }

    @Test func `how long an answer is fresh is counted from its own dates`() {
        let fields: HTTPHeaders = ["date": "Sun, 06 Nov 1994 08:49:37 GMT", "expires": "Mon, 07 Nov 1994 08:49:38 GMT", "age": "5"]
        #expect(Freshness(AnswerHead(status: 200, fields: fields)) == Freshness(lifetime: 86_401, age: 5))
        #expect(HTTPMoment.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(HTTPMoment.seconds("Tue, 29 Feb 2028 12:00:00 GMT") == 1_835_438_400)
        for text in ["", "0", "Sun Nov  6 08:49:37 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49 GMT"] {
            #expect(HTTPMoment.seconds(text) == nil, "\(text)")
        }
    }

    @Test(arguments: ["data: one\n\ndata: two\n\n", "data: one\r\n\r\n: c\r\n\r\n", "data: one\r\rdata: two\r\r", "\n\ndata: a\nid: 1\n\n"], 1...7)
    func `events are whole however their bytes are cut`(_ text: String, _ size: Int) {
        var boundary = EventBoundary()
        var bytes = ByteBuffer(string: text)
        var out = ""
        while bytes.readableBytes > 0 {
            guard let piece = bytes.readSlice(length: min(size, bytes.readableBytes)) else { break }
            guard let events = boundary.whole(of: piece) else { continue }
            out += String(buffer: events)
            #expect(!boundary.isInsideEvent)
            let last = out.utf8.last
            #expect(last == 0x0A || last == 0x0D)
        }
        #expect(out == text)
    }

    @Test func `the beginning of an event is held back, unless it is long`() {
        var boundary = EventBoundary(limit: 10)
        #expect(boundary.whole(of: ByteBuffer(string: "data: 1\n\nda")) == ByteBuffer(string: "data: 1\n\n"))
        #expect(boundary.whole(of: ByteBuffer(string: "ta:")) == nil)
        #expect(boundary.whole(of: ByteBuffer(string: " 123456")) == ByteBuffer(string: "data: 123456"))
        #expect(boundary.isInsideEvent)
        #expect(boundary.whole(of: ByteBuffer(string: "78")) == ByteBuffer(string: "78"))
        #expect(boundary.whole(of: ByteBuffer(string: "\n\nx")) == ByteBuffer(string: "\n\n"))
        #expect(!boundary.isInsideEvent)
    }

    @Test func `a stored answer is read back only where it belongs`() {
        let answer = StoredAnswer(
            contentType: "application/json", etag: "\"1\"", lastModified: nil, cacheControl: "no-store", freshness: Freshness(lifetime: 60, age: 1),
            body: ByteBuffer(string: "{}"))
        let bytes = answer.encoded(key: "a")
        #expect(StoredAnswer(decoding: bytes, key: "a") == answer)
        #expect(StoredAnswer(decoding: bytes, key: "b") == nil)
        #expect(StoredAnswer(decoding: bytes + [0], key: "a") == nil)
        for length in 0..<bytes.count { #expect(StoredAnswer(decoding: Array(bytes.prefix(length)), key: "a") == nil) }
    }
}

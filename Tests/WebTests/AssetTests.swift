import Foundation
import TestSupport
import Testing

@Suite struct AssetTests {
    private static let text = (0..<400).map { "line \($0) of a text that becomes smaller when it is packed\n" }.joined()
    private let files = ["notes.txt": text, "docs/empty.txt": ""]

    @Test func `each encoding has a tag of its own, and the tag is answered with 304`() async throws {
        try await LoopbackSite.run(files) { site in
            var tags: Set<String> = []
            for encoding in ["", "gzip", "br", "zstd"] {
                let first = try await site.get("/notes.txt", headers: ["Accept-Encoding": encoding])
                #expect(first.status == 200)
                #expect(first.header("Content-Encoding") == (encoding.isEmpty ? nil : encoding))
                #expect(first.header("Vary") == "Accept-Encoding")
                let tag = try #require(first.header("ETag"))
                tags.insert(tag)
                for field in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                    let second = try await site.get("/notes.txt", headers: ["Accept-Encoding": encoding, "If-None-Match": field])
                    #expect(second.status == 304 && second.bytes.isEmpty, "\(field)")
                    #expect(second.header("ETag") == tag)
                    #expect(second.header("Vary") == "Accept-Encoding")
                }
                let changed = try await site.get("/notes.txt", headers: ["Accept-Encoding": encoding, "If-None-Match": "\"other\""])
                #expect(changed.status == 200)
            }
            #expect(tags.count == 4)
        }
    }

    @Test(
        arguments: [
            ("bytes=0-4", 206, "line ", "bytes 0-4/"), ("bytes=5-5", 206, "0", "bytes 5-5/"), ("bytes=-7", 206, "packed\n", "bytes "),
            ("bytes=999999-", 416, "", "bytes */"), ("bytes=-0", 416, "", "bytes */"), ("bytes=4-1", 200, nil, nil), ("bytes=0-1,3-4", 200, nil, nil),
            ("lines=0-1", 200, nil, nil), ("bytes=x-y", 200, nil, nil), ("bytes=0-99999999999999999999", 200, nil, nil), ("bytes=-", 200, nil, nil),
        ] as [(String, Int, String?, String?)])
    func `a range is answered with its part`(_ range: String, _ status: Int, _ body: String?, _ contentRange: String?) async throws {
        try await LoopbackSite.run(files) { site in
            let answer = try await site.get("/notes.txt", headers: ["Range": range, "Accept-Encoding": "gzip"])
            #expect(answer.status == status)
            if let body { #expect(answer.body == body) }
            #expect(answer.header("Content-Range")?.hasPrefix(contentRange ?? "none") == (contentRange == nil ? nil : true))
            #expect(answer.header("Content-Length") == "\(answer.bytes.count)")
            if status == 206 { #expect(answer.header("Content-Encoding") == nil) }
        }
    }

    @Test func `a range of something else is the whole of this`() async throws {
        try await LoopbackSite.run(files) { site in
            let tag = try #require(try await site.get("/notes.txt").header("ETag"))
            let same = try await site.get("/notes.txt", headers: ["Range": "bytes=0-3", "If-Range": tag])
            #expect(same.status == 206)
            for other in ["\"other\"", "W/\(tag)", "Sun, 06 Nov 1994 08:49:37 GMT"] {
                let whole = try await site.get("/notes.txt", headers: ["Range": "bytes=0-3", "If-Range": other])
                #expect(whole.status == 200 && whole.body == Self.text)
            }
        }
    }

    @Test func `HEAD of an asset says what GET would`() async throws {
        try await LoopbackSite.run(files) { site in
            let head = try await HTTPExchange.send("HEAD", "/notes.txt", port: site.port, headers: ["Range": "bytes=0-3"])
            #expect(head.status == 200)
            #expect(head.header("Content-Length") == "\(Self.text.utf8.count)")
            #expect(head.bytes.isEmpty)
            let empty = try await site.get("/docs/empty.txt", headers: ["Range": "bytes=0-"])
            #expect(empty.status == 416)
        }
    }

    @Test func `pages say which bytes of their scripts and styles are theirs`() async throws {
        try await LoopbackSite.run(["index.md": "# Home"]) { site in
            let html = try await site.get("/").body
            let matches = html.matches(of: /(?:src|href)="(\/(?:js|css)\/[^"]+)" integrity="(sha384-[A-Za-z0-9+\/=]{64})"/)
            #expect(matches.count == 3)
        }
    }
}

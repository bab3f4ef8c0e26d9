import Foundation
import PageCache
import Synchronization
import TestSupport
import Testing
import Web

@Suite struct PageRouteTests {
    private let files = [
        "index.md": "# Home", "docs/Quick Start.md": "---\naliases: [/old/start]\ntags: [Red One]\ncreated: 2026-01-02\n---\n# Quick Start\n\nGo.",
        "docs/other.md": "[[Quick Start]] ![p](p.svg)", "docs/p.svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"4\"></svg>",
        "secret.md": "---\ndraft: true\n---\nburied words",
    ]

    @Test func `a page answers at its address, GET and HEAD alike`() async throws {
        try await LoopbackSite.run(files) { site in
            let page = try await site.get("/docs/quick-start")
            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.body.contains("<p>Go.</p>"))
            for encoding in ["", "gzip", "br", "zstd"] {
                let get = try await site.get("/docs/quick-start", headers: ["Accept-Encoding": encoding])
                let head = try await HTTPExchange.send("HEAD", "/docs/quick-start", port: site.port, headers: ["Accept-Encoding": encoding])
                #expect(head.bytes.isEmpty)
                #expect(head.header("Content-Encoding") == (encoding.isEmpty ? nil : encoding))
                #expect(head.header("Content-Length") == get.header("Content-Length"))
                #expect(get.header("Content-Length") == String(get.bytes.count))
            }
        }
    }

    @Test(arguments: ["/docs/quick-start", "/long.md", "/feed.xml", "/tags"], ["gzip", "br", "zstd"])
    func `whoever has an answer is told so without it being made anew`(_ target: String, _ encoding: String) async throws {
        // What no coding makes smaller has no other tag.
        let files = files.merging(["long.md": String(repeating: "A long note. ", count: 50)]) { $1 }
        var first: HTTPExchange?
        var short: String?
        try await LoopbackSite.run(files) { site in
            first = try await site.get(target, headers: ["Accept-Encoding": encoding])
            short = try await site.get("/docs/quick-start.md").header("ETag")
        }
        let had = try #require(first)
        let tag = try #require(had.header("ETag"))
        let made = Mutex(0)
        let events: @Sendable (PageCache.Event) -> Void = { event in if event == .made { made.withLock { $0 += 1 } } }
        // A site that has just started, with the same files.
        try await LoopbackSite.run(files, onCacheEvent: events) { site in
            for method in ["GET", "HEAD"] {
                let again = try await HTTPExchange.send(
                    method, target, port: site.port, headers: ["Accept-Encoding": encoding, "If-None-Match": "\"other\", \(tag)"])
                #expect(again.status == 304 && again.bytes.isEmpty)
                for field in ["ETag", "Cache-Control", "Vary", "Link"] { #expect(again.header(field) == had.header(field)) }
            }
            #expect(made.withLock { $0 } == 0)
            let any = try await site.get("/docs/quick-start.md", headers: ["Accept-Encoding": encoding, "If-None-Match": "*"])
            #expect(any.status == 304 && any.header("ETag") == short)
            made.withLock { $0 = 0 }
            let other = try await site.get(target, headers: ["Accept-Encoding": encoding, "If-None-Match": "\"other\""])
            #expect(other.status == 200 && other.bytes == had.bytes)
            #expect(made.withLock { $0 } == 1)
        }
    }

    @Test(arguments: [
        ("/docs/Quick%20Start", "/docs/quick-start"), ("/docs/quick-start/", "/docs/quick-start"), ("/docs/quick-start.html", "/docs/quick-start"),
        ("/DOCS//quick-start?a=b%20c", "/docs/quick-start?a=b%20c"), ("/index.html", "/"), ("/docs/index", "/docs"),
        ("/old/start", "/docs/quick-start"),
        ("/old/Start/", "/docs/quick-start"), ("/docs/Quick%20Start.md", "/docs/quick-start.md"), ("/old/start.md", "/docs/quick-start.md"),
        ("/Tags/", "/tags"), ("/tags/Red%20One", "/tags/red-one"), ("/contact/", "/contact"),
    ])
    func `other spellings and old addresses lead to the page for good`(_ spelling: String, _ target: String) async throws {
        try await LoopbackSite.run(files) { site in
            let answer = try await site.get(spelling)
            #expect(answer.status == 301)
            #expect(answer.header("Location") == target)
        }
    }

    @Test(arguments: [
        "/nowhere", "/docs/nowhere.md", "/secret", "/secret.md", "/../Package.swift", "/docs/..%2f..%2fetc/passwd", "/%00", "/docs/Quick Start",
        "/tags/none",
        "/%c0%ae%c0%ae/", "/.git/config", "/css/..%2f..%2fPackage.swift", "/css/%2e%2e/%2e%2e/README.md", "//evil.example/x",
    ])
    func `nothing else is served`(_ target: String) async throws {
        try await LoopbackSite.run(files) { site in
            let answer = try await site.get(target)
            #expect(
                answer.status == 404 || answer.status == 400 || answer.status == 301 && answer.header("Location")?.hasPrefix("/docs") == true,
                "\(answer.head)")
            #expect(!answer.body.contains("buried"))
        }
    }

    @Test func `the Markdown twin comes by address and by Accept`() async throws {
        try await LoopbackSite.run(files) { site in
            let twin = try await site.get("/docs/quick-start.md")
            #expect(twin.status == 200)
            #expect(twin.header("Content-Type") == "text/markdown; charset=utf-8")
            #expect(twin.body == "# Quick Start\n\nGo.")
            let negotiated = try await site.get("/docs/quick-start", headers: ["Accept": "text/markdown, text/html;q=0.5"])
            #expect(negotiated.body == twin.body)
            #expect(negotiated.header("Vary")?.contains("Accept") == true)
            let browser = try await site.get("/docs/quick-start", headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
            #expect(browser.header("Content-Type")?.hasPrefix("text/html") == true)
            #expect(browser.header("Vary")?.contains("Accept,") == true)
            #expect(try await site.get("/index.md").body == "# Home")
        }
    }

    @Test func `feeds and lists carry what is public`() async throws {
        try await LoopbackSite.run(files) { site in
            for (target, type) in [
                ("/feed.xml", "application/atom+xml"), ("/feed.json", "application/feed+json"), ("/sitemap.xml", "application/xml"),
                ("/llms.txt", "text/plain"),
            ] {
                let answer = try await site.get(target)
                #expect(answer.status == 200)
                #expect(answer.header("Content-Type")?.hasPrefix(type) == true)
                #expect(answer.body.contains("https://agents.example/docs/quick-start"))
                #expect(!answer.body.contains("secret"))
            }
            #expect(try await site.get("/robots.txt").body.contains("Sitemap: https://agents.example/sitemap.xml"))
            #expect(try await site.get("/tags").body.contains("/tags/red-one"))
            #expect(try await site.get("/tags/red-one").body.contains("Quick Start"))
        }
    }

    @Test func `assets are kept for a year by their fingerprint, and asked for again by their name`() async throws {
        try await LoopbackSite.run(files) { site in
            let html = try await site.get("/docs/other").body
            let image = try #require(html.firstMatch(of: /src="(\/docs\/p\.[0-9a-f]{16}\.svg)" alt="p" width="8" height="4"/)?.output.1)
            let answer = try await site.get(String(image))
            #expect(answer.header("Content-Type") == "image/svg+xml")
            #expect(answer.header("Cache-Control") == "public, max-age=31536000, immutable")
            let style = try #require(html.firstMatch(of: /href="(\/css\/site\.[0-9a-f]{16}\.css)"/)?.output.1)
            #expect(try await site.get(String(style)).header("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(try await site.get("/css/site.css").header("Cache-Control") == "no-cache")
            #expect(try await site.get("/css/site.0000000000000000.css").status == 404)
        }
    }

    @Test func `every answer carries the headers that keep a page to itself`() async throws {
        try await LoopbackSite.run(files) { site in
            for target in ["/", "/nowhere", "/css/site.css", "/healthz", "/contact"] {
                let answer = try await site.get(target)
                #expect(answer.header("Content-Security-Policy")?.contains("default-src 'none'; script-src 'self'") == true)
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("X-Request-ID") == "0123456789abcdef")
                #expect(answer.header("Date") != nil)
            }
        }
    }

    @Test func `a method that an address has not is refused with those that it has`() async throws {
        try await LoopbackSite.run(files) { site in
            let answer = try await HTTPExchange.send("DELETE", "/", port: site.port)
            #expect(answer.status == 405)
            #expect(answer.header("Allow") == "GET, HEAD")
            #expect(try await HTTPExchange.send("PUT", "/contact", port: site.port).header("Allow") == "GET, HEAD, POST")
        }
    }

    @Test func `an error is a page for people and a problem for programs`() async throws {
        try await LoopbackSite.run(files) { site in
            let page = try await site.get("/nowhere", headers: ["Accept": "text/html"])
            #expect(page.body.contains("<h1") && page.body.contains("0123456789abcdef"))
            for (target, accept) in [("/nowhere", "application/json"), ("/nowhere", "application/problem+json"), ("/api/nowhere", "*/*")] {
                let problem = try await site.get(target, headers: ["Accept": accept])
                #expect(problem.status == 404)
                #expect(problem.header("Content-Type") == "application/problem+json")
                let object = try JSONSerialization.jsonObject(with: Data(problem.bytes)) as? [String: Any]
                #expect(object?["status"] as? Int == 404)
                #expect(object?["requestID"] as? String == "0123456789abcdef")
            }
        }
    }

    @Test func `a saved file is announced to every open page`() async throws {
        try await LoopbackSite.run(files) { site in
            let sender = Task {
                // The first ones may come before anybody listens.
                while !Task.isCancelled {
                    site.reloads.send()
                    await Task.yield()
                }
            }
            defer { sender.cancel() }
            let events = try await HTTPExchange.raw(
                "GET /_dev/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", port: site.port, until: "event: edition\ndata: 1790000000.0\n\n")
            #expect(events.status == 200)
            #expect(events.header("Content-Type") == "text/event-stream")
        }
    }
}

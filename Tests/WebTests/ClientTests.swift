import Synchronization
import TestSupport
import Testing

@testable import Web

@Suite struct ClientTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("[2001:db8::1]", "2001:db8:0:0:0:0:0:1"), ("::1", "0:0:0:0:0:0:0:1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("fe80::", "fe80:0:0:0:0:0:0:0"),
    ])
    func `an address is read in every spelling`(_ text: String, _ plain: String) {
        #expect(IPAddress(text)?.text == plain)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.x", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "::1%eth0", "evil",
    ])
    func `anything else is none`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, nonsense"], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
    ])
    func `a client is whom trusted proxies name, read from the right`(_ peer: String, _ fields: [String], _ client: String) throws {
        let proxies = try #require(TrustedProxies("127.0.0.1, 10.0.0.0/8"))
        #expect(proxies.client(peer: peer, forwardedFor: fields)?.text == client)
        #expect(TrustedProxies.none.client(peer: peer, forwardedFor: fields)?.text == peer)
    }

    @Test(arguments: ["300.0.0.1", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/8/8", "proxy.example"])
    func `a list of proxies with a slip is refused whole`(_ text: String) {
        #expect(TrustedProxies("127.0.0.1, \(text)") == nil)
    }

    @Test func `the contact form limits visitors, not the proxy they come through`() async throws {
        try await LoopbackSite.run([:]) { site in
            let body = "name=A&email=a%40b.de&message=x"
            for visitor in 1...12 {
                let answer = try await site.post("/contact", body, headers: ["X-Forwarded-For": "198.51.100.\(visitor)"])
                #expect(answer.status == 303)
            }
            var last = 0
            for _ in 1...6 { last = try await site.post("/contact", body, headers: ["X-Forwarded-For": "6.6.6.6, 203.0.113.5"]).status }
            #expect(last == 429)
        }
    }

    @Test func `metrics are for this machine, or for whoever has the token`() async throws {
        try await LoopbackSite.run([:]) { site in
            let local = try await site.get("/api/metrics")
            #expect(local.status == 200 && local.body == "counted 1\n")
            #expect(local.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
            for field in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Proto", "Via"] {
                let forwarded = try await site.get("/api/metrics", headers: [field: "127.0.0.1"])
                #expect(forwarded.status == 403, "\(field)")
                #expect(forwarded.header("Content-Type") == "application/problem+json")
            }
            let token = ["X-Forwarded-For": "198.51.100.1", "Authorization": "Bearer a-token-of-the-tests"]
            let allowed = try await site.get("/api/metrics", headers: token)
            #expect(allowed.status == 200)
            let wrong = try await site.get("/api/metrics", headers: ["Authorization": "Bearer a-token-of-the-testz"])
            #expect(wrong.status == 403)
        }
    }

    @Test func `a request is counted under its route, never under its path`() async throws {
        let counted = Mutex<[String]>([])
        try await LoopbackSite.run(
            ["a.md": "# A"], record: { status, method, route, _ in counted.withLock { $0.append("\(status) \(method) \(route)") } }
        ) { site in
            for target in ["/a", "/nowhere", "/tags", "/tags/x", "/contact"] { _ = try await site.get(target) }
        }
        #expect(counted.withLock { $0 } == ["200 GET /**", "404 GET /**", "200 GET /tags", "404 GET /tags/{tag}", "200 GET /contact"])
    }

    @Test(arguments: [
        "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: gopher", "X-Original-URL: /contact", "X-Rewrite-URL: /contact",
        "X-Middleware-Subrequest: 1",
        "X-HTTP-Method-Override: DELETE", "Accept-Language: tlh", "User-Agent: <script>", "Cookie: session=1; theme=dark",
        "Cache-Control: no-store",
        "Pragma: no-cache", "X-Request-ID: forged", "Forwarded: host=evil.example", "Save-Data: on", "Referer: https://evil.example/",
        "Via: 1.1 evil",
        "Prefer: return=minimal", "Sec-Fetch-Dest: image", "Origin: https://evil.example", "If-Modified-Since: Sun, 06 Nov 2044 08:49:37 GMT",
    ])
    func `no field of a request changes a byte of a page, cold or ready`(_ field: String) async throws {
        let parts = field.split(separator: ": ", maxSplits: 1)
        let fields = [String(parts[0]): String(parts[1])]
        let notes = ["index.md": "# Home", "a.md": "# A page"]
        var expected = ""
        try await LoopbackSite.run(notes) { expected = try await $0.get("/a").body }
        try await LoopbackSite.run(notes) { site in
            // The first to ask for the page is the one who tries; the next is anybody.
            let first = try await site.get("/a", headers: fields)
            let next = try await site.get("/a")
            #expect(first.status == 200 && first.body == expected && next.body == expected)
            #expect(first.header("ETag") == next.header("ETag"))
            #expect(first.header("Location") == nil && first.header("Set-Cookie") == nil)
            let again = try await site.get("/a", headers: fields)
            #expect(again.body == expected)
        }
    }
}

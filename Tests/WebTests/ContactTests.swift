import Foundation
import Site
import Synchronization
import TestSupport
import Testing

@Suite struct ContactTests {
    private let right = "name=Ann&email=ann%40example.org&message=Hello+there%0D%0Asecond+line"

    @Test func `a right message is kept and thanked for`() async throws {
        let store = MemoryContactMessageStore()
        try await LoopbackSite.run([:], store: store) { site in
            let answer = try await site.post("/contact", right)
            #expect(answer.status == 303)
            #expect(answer.header("Location") == "/contact/sent")
            #expect(try await site.get("/contact/sent").status == 200)
            let kept = try await store.messages(limit: 10)
            #expect(kept.map(\.name) == ["Ann"])
            #expect(kept.first?.message == "Hello there\nsecond line")
        }
    }

    @Test(arguments: [
        ("email=a%40b.de&message=x", "Tell us your name."),
        ("name=A&message=x", "Tell us where we can answer you."),
        ("name=A&email=a%40b.de", "Write what you want to tell us."),
        ("name=A&email=a%40b&message=x", "This is not an e-mail address"),
        ("name=A&email=a%0Ab%40c.de&message=x", "This is not an e-mail address"),
        ("name=A%0AB&email=a%40b.de&message=x", "Write your name on one line."),
        ("name=\(String(repeating: "a", count: 101))&email=a%40b.de&message=x", "Use at most 100 characters."),
        ("name=A&email=a%40b.de&message=\(String(repeating: "a", count: 5_001))", "Use at most 5000 characters; these are 5001."),
    ])
    func `a wrong field is named, and nothing that was written is lost`(_ body: String, _ message: String) async throws {
        let store = MemoryContactMessageStore()
        try await LoopbackSite.run([:], store: store) { site in
            let answer = try await site.post("/contact", body)
            #expect(answer.status == 422)
            #expect(answer.body.contains(message))
            #expect(answer.header("Cache-Control") == "no-store")
            if body.contains("email=a%40b.de") { #expect(answer.body.contains("value=\"a@b.de\"")) }
            #expect(try await store.messages(limit: 1).isEmpty)
        }
    }

    @Test(arguments: [
        "\(Self.spam)&website=x", "name=A&email=a%40b.de&message=http%3A%2F%2Fa+http%3A%2F%2Fb+https%3A%2F%2Fc",
        "name=A&email=a%40b.de&message=%5Burl%3Dx",
    ])
    func `what looks automatic is asked once more, and a program that just repeats it gets no further`(_ body: String) async throws {
        let store = MemoryContactMessageStore()
        let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
        try await LoopbackSite.run([:], store: store, now: { time.withLock { $0 } }) { site in
            let asked = try await site.post("/contact", body)
            #expect(asked.status == 422)
            let token = try #require(asked.body.firstMatch(of: /name="token" value="([^"]+)"/)?.output.1)
            let person = body.replacing("&website=x", with: "") + "&confirm=yes&token=\(token.replacing(":", with: "%3A"))"
            #expect(try await site.post("/contact", person).status == (body.contains("website") ? 303 : 422), "faster than a person")
            time.withLock { $0 += 3 }
            #expect(try await site.post("/contact", body + "&confirm=yes&token=forged").status == 422)
            #expect(try await site.post("/contact", person).status == 303)
            time.withLock { $0 += 4_000 }
            if !body.contains("website") { #expect(try await site.post("/contact", person).status == 422, "older than an hour") }
        }
    }

    private static let spam = "name=A&email=a%40b.de&message=hello"

    @Test func `a form of another site is refused`() async throws {
        try await LoopbackSite.run([:]) { site in
            for headers in [["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"]] {
                #expect(try await site.post("/contact", right, headers: headers).status == 403)
            }
            let plain = ["Content-Type": "application/x-www-form-urlencoded"]
            for (origin, status) in [
                ("https://evil.example", 403), ("null", 403), ("https://agents.example", 303), ("https://127.0.0.1:\(site.port)", 303),
                ("http://127.0.0.1:\(site.port)", 403),
            ] {
                let answer = try await HTTPExchange.send(
                    "POST", "/contact", port: site.port, headers: plain.merging(["Origin": origin]) { $1 }, body: right)
                #expect(answer.status == status, "\(origin)")
            }
        }
    }

    @Test func `too much, too strange and too often are refused in words`() async throws {
        try await LoopbackSite.run([:]) { site in
            let large = try await site.post("/contact", "message=" + String(repeating: "a", count: 70_000))
            #expect(large.status == 413)
            #expect(large.body.contains("larger than 64 kB"))
            #expect(try await site.post("/contact", "{}", headers: ["Content-Type": "application/json"]).status == 400)
            for _ in 1...5 { #expect(try await site.post("/contact", right).status == 303) }
            let refused = try await site.post("/contact", right)
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After").flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            #expect(refused.body.contains("second line"))
        }
    }

    private struct Unforeseen: Error {
        let secret = "a secret"
    }

    @Test func `what nobody foresaw is a page with a number, and nothing of its cause`() async throws {
        try await LoopbackSite.run([:], store: MemoryContactMessageStore(failure: Unforeseen())) { site in
            let answer = try await site.post("/contact", right, headers: ["Accept": "text/html"])
            #expect(answer.status == 500)
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(answer.body.contains("<h1") && answer.body.contains("0123456789abcdef"))
            #expect(!answer.body.contains("secret") && !answer.body.contains("Unforeseen"))
            let problem = try await site.post("/contact", right, headers: ["Accept": "application/json"])
            #expect(problem.header("Content-Type") == "application/problem+json")
            #expect(!problem.body.contains("secret"))
        }
    }

    @Test func `a store that is down loses nothing and shows nothing of itself`() async throws {
        try await LoopbackSite.run([:], store: MemoryContactMessageStore(failure: StoreUnavailable(store: "memory", reason: "a secret"))) { site in
            let answer = try await site.post("/contact", right)
            #expect(answer.status == 503)
            #expect(answer.header("Retry-After") == "60")
            #expect(answer.body.contains("second line"))
            #expect(!answer.body.contains("secret"))
            #expect(try await site.get("/").status == 200)
        }
    }
}

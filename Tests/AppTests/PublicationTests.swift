import Foundation
import Synchronization
import TestSupport
import Testing

/// Pages that appear and disappear by themselves, on two servers with one Redis and one clock.
@Suite struct PublicationTests {
    private static let publish = Date(timeIntervalSince1970: 1_790_000_000)
    private static let expire = publish + 3_600

    private static func files() -> [String: String] {
        let style = Date.ISO8601FormatStyle()
        return [
            "site.yml": "title: Tea\n",
            "index.md": "# Home\n\nSee [[Soon]].",
            "notes/always.md": "---\ncreated: 2026-01-01\ntags: [tea]\n---\n# Always\n\nWas here before.",
            "notes/soon.md":
                "---\ncreated: 2026-01-02\ntags: [tea]\npublish: \(publish.formatted(style))\nexpire: \(expire.formatted(style))\n---\n# Soon\n\nA fleeting word.",
        ]
    }

    /// A clock that is set by hand.
    private final class HandClock: Sendable {
        private let time: Mutex<Date>

        init(_ time: Date) { self.time = Mutex(time) }

        var now: Date { time.withLock { $0 } }

        func set(_ now: Date) { time.withLock { $0 = now } }
    }

    /// Where the page is named while it is public, and not otherwise.
    private static let lists = ["/notes", "/tags/tea", "/feed.xml", "/feed.json", "/sitemap.xml", "/llms.txt"]

    @Test func `a page comes and goes at its second on every replica, in lists, feeds and sitemap too`() async throws {
        let redis = try await RedisServer()
        let notes = try TemporaryFolder(Self.files())
        let data = [try TemporaryFolder(), try TemporaryFolder()]
        let clock = HandClock(Self.publish - 10)
        var replicas: [ServerInProcess] = []
        for folder in data {
            replicas.append(
                try await ServerInProcess(
                    [
                        "LANDING_CONTENT": notes.path, "LANDING_DATA": folder.path, "LANDING_ORIGIN": "http://agents.example",
                        "REDIS_URL": redis.url(),
                    ], now: { clock.now }))
        }
        let lists = try await Self.tags(replicas, namesThePage: false)
        // One second is not the other.
        clock.set(Self.publish - 1)
        try await Self.waitUntilLooked(replicas, notes, "before.txt")
        #expect(try await Self.tags(replicas, namesThePage: false) == lists)

        clock.set(Self.publish)
        for replica in replicas {
            #expect(try await eventually { try await replica.get("/notes/soon").status == 200 } != nil)
        }
        let pages = [try await replicas[0].get("/notes/soon"), try await replicas[1].get("/notes/soon")]
        #expect(pages[0].body.contains("A fleeting word.") && pages[0].body == pages[1].body)
        #expect(pages[0].header("ETag") != nil && pages[0].header("ETag") == pages[1].header("ETag"))
        let during = try await Self.tags(replicas, namesThePage: true)
        for (address, tag) in during { #expect(tag != lists[address], "\(address)") }
        // Whoever links to it finds it now.
        #expect(try await replicas[0].get("/").body.contains("href=\"/notes/soon\""))

        clock.set(Self.expire - 1)
        try await Self.waitUntilLooked(replicas, notes, "during.txt")
        #expect(try await Self.tags(replicas, namesThePage: true) == during)

        clock.set(Self.expire)
        for replica in replicas {
            #expect(try await eventually { try await replica.get("/notes/soon").status == 404 } != nil)
        }
        // What is made from the same is the same again.
        #expect(try await Self.tags(replicas, namesThePage: false) == lists)
        #expect(try await !replicas[1].get("/").body.contains("href=\"/notes/soon\""))
        for replica in replicas { await replica.stop() }
        withExtendedLifetime(redis) {}
    }

    /// A file that is in no list shows that each replica has looked at the files and the clock since it was saved.
    private static func waitUntilLooked(_ replicas: [ServerInProcess], _ notes: TemporaryFolder, _ file: String) async throws {
        try notes.write(file, "Something beside the notes.")
        for replica in replicas {
            #expect(try await eventually { try await replica.get("/\(file)").status == 200 } != nil)
        }
    }

    /// The entity tags of all lists, the same on all replicas, which name the page or do not know of it.
    private static func tags(_ replicas: [ServerInProcess], namesThePage: Bool) async throws -> [String: String] {
        var tags: [String: String] = [:]
        for (number, replica) in replicas.enumerated() {
            let page = try await replica.get("/notes/soon")
            #expect(page.status == (namesThePage ? 200 : 404), "replica \(number)")
            #expect(page.body.contains("A fleeting word.") == namesThePage)
            for address in lists {
                let answer = try await replica.get(address)
                #expect(answer.status == 200 && answer.body.contains("/notes/soon") == namesThePage, "replica \(number): \(address)\n\(answer.body)")
                let tag = try #require(answer.header("ETag"))
                if let known = tags[address] { #expect(tag == known, "\(address)") }
                tags[address] = tag
            }
        }
        return tags
    }
}

import Content
import ContentCoding
import NIOCore
import PageCache
import Site
import Synchronization
import Testing

@Suite struct PageCacheTests {
    @Test func `one hundred callers of a cold page cost one rendering`() async throws {
        let site = CachedSite(["/a": 1])
        let answers = try await withThrowingTaskGroup { group in
            for _ in 0..<100 { group.addTask { try await site.get("/a").response.identity.entityTag } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(site.renderings == 1)
        #expect(try await site.get("/a").status == .hit)
    }

    @Test func `what was made from another digest is never served`() async throws {
        let site = CachedSite(["/a": 1, "/b": 1])
        let old = try await site.get("/a").response
        _ = try await site.get("/b")
        site.publish(["/a": 2, "/b": 1])
        #expect(site.cache.ready(at: "/a") == nil)
        #expect(site.cache.ready(at: "/b") != nil)
        let new = try await site.get("/a").response
        #expect(new.identity.entityTag != old.identity.entityTag)
        #expect(new.identity.body != old.identity.body)
    }

    @Test func `an answer made from files that changed meanwhile is given to its caller and kept for nobody`() async throws {
        let site = CachedSite(["/a": 1])
        let stale = site.digest(1)
        site.publish(["/a": 2])
        let (_, status) = try await site.cache.response(at: "/a", digest: stale, mayStore: true) { site.content("/a", 1) }
        #expect(status == .miss(isStored: false))
        #expect(site.cache.ready(at: "/a") == nil)
    }

    @Test func `equal digests give equal tags in every process, and another build gives others`() async throws {
        let tag = try await CachedSite(["/a": 1]).get("/a").response.identity.entityTag
        #expect(try await CachedSite(["/a": 1]).get("/a").response.identity.entityTag == tag)
        var configuration = PageCache.Configuration()
        configuration.build = "another"
        #expect(try await CachedSite(["/a": 1], configuration).get("/a").response.identity.entityTag != tag)
    }

    @Test func `a request that may not fill the cache does not`() async throws {
        let site = CachedSite(["/a": 1])
        #expect(try await site.get("/a", mayStore: false).status == .miss(isStored: false))
        #expect(site.cache.ready(at: "/a") == nil)
        _ = try await site.get("/a")
        #expect(try await site.get("/a", mayStore: false).status == .hit)
    }

    @Test func `an answer that cannot be made is an error for everybody who waits, and is tried again`() async throws {
        let site = CachedSite(["/a": 1])
        site.isBroken = true
        await #expect(throws: CachedSite.Broken.self) { _ = try await site.get("/a") }
        site.isBroken = false
        #expect(try await site.get("/a").status == .miss(isStored: true))
    }

    @Test func `the least recently used go first, and the bytes stay within their bound`() async throws {
        var configuration = PageCache.Configuration()
        configuration.capacity = 120_000
        let addresses = (0..<10).map { "/\($0)" }
        let site = CachedSite(Dictionary(uniqueKeysWithValues: addresses.map { ($0, 1) }), configuration, bodyBytes: 6_000)
        for address in addresses {
            _ = try await site.get(address)
            // Asked for again and again, the first stays.
            #expect(site.cache.ready(at: "/0") != nil)
            #expect(site.cache.size <= configuration.capacity)
        }
        #expect(site.cache.ready(at: "/1") == nil)
        #expect(site.cache.ready(at: "/9") != nil)
    }

    @Test func `a cache of no size keeps nothing and still answers`() async throws {
        var configuration = PageCache.Configuration()
        configuration.capacity = 0
        let site = CachedSite(["/a": 1], configuration)
        for _ in 0..<3 { #expect(try await site.get("/a").status == .miss(isStored: false)) }
        #expect(site.cache.size == 0)
    }

    @Test(arguments: ["", "gzip", "br", "zstd", "gzip, br;q=0.5", "*"])
    func `an answer for one request is what a kept one would be`(_ accepted: String) async throws {
        var configuration = PageCache.Configuration()
        configuration.capacity = 0
        let once = try await CachedSite(["/a": 1], configuration).get("/a").response
        let kept = try await CachedSite(["/a": 1]).get("/a").response
        let (first, second) = (once.best(for: AcceptedCodings(accepted)), kept.best(for: AcceptedCodings(accepted)))
        #expect(first.coding == second.coding)
        #expect(first.body == second.body)
        #expect(first.entityTag == second.entityTag)
        #expect(first.head == second.head)
        #expect(first.notModifiedHead == second.notModifiedHead)
        #expect(once.vary == kept.vary)
    }

    @Test func `a caller that goes away leaves the work to the others`() async throws {
        let site = CachedSite(["/a": 1])
        let gate = Gate()
        site.gate = gate
        let first = Task { try await site.get("/a") }
        try await gate.reached()
        let second = Task { try await site.get("/a") }
        first.cancel()
        gate.open()
        #expect(try await second.value.response.identity.body.readableBytes > 0)
        #expect(site.renderings == 1)
    }

    // MARK: Responses with live parts

    private static let lifetime = Lifetime(fresh: .seconds(1), staleWhileRevalidate: .seconds(5), staleIfError: .seconds(60))

    @Test func `a response with live parts is fresh for its time, then stale while one caller makes it anew`() async throws {
        let site = CachedSite(["/live": 1], lifetime: Self.lifetime)
        let first = try await site.get("/live").response
        site.advance(.seconds(1))
        #expect(site.cache.ready(at: "/live") === first)
        site.advance(.seconds(1))
        #expect(site.cache.ready(at: "/live") == nil)
        let gate = Gate()
        site.gate = gate
        for _ in 0..<10 {
            let answer = try await site.get("/live")
            #expect(answer.status == .stale && answer.response === first)
        }
        try await gate.reached()
        gate.open()
        while try await site.get("/live").status != .hit { await Task.yield() }
        #expect(site.renderings == 2)
    }

    @Test func `past its time it is served only where a new one cannot be made, and not for ever`() async throws {
        let site = CachedSite(["/live": 1], lifetime: Self.lifetime)
        let first = try await site.get("/live").response
        site.advance(.seconds(30))
        site.isBroken = true
        let answer = try await site.get("/live")
        #expect(answer.status == .staleOnError && answer.response === first)
        site.advance(.seconds(60))
        await #expect(throws: CachedSite.Broken.self) { _ = try await site.get("/live") }
        site.isBroken = false
        #expect(try await site.get("/live").status == .miss(isStored: true))
    }

    // MARK: The shared cache

    @Test func `another process serves what one has made, byte for byte`() async throws {
        let shared = MemorySharedCache()
        let (one, other) = (CachedSite(["/a": 1], shared: shared), CachedSite(["/a": 1], shared: shared))
        let first = try await one.get("/a")
        let second = try await other.get("/a")
        #expect(first.status == .miss(isStored: true) && second.status == .sharedHit)
        #expect(other.renderings == 0)
        for (a, b) in [(first.response.identity, second.response.identity), (first.response[.brotli]!, second.response[.brotli]!)] {
            #expect(a.entityTag == b.entityTag && a.body == b.body && a.head == b.head)
        }
        #expect(shared.keys.contains { $0.hasPrefix("landing:page:/a:") })
    }

    @Test func `two processes asked at once make a page once`() async throws {
        let shared = MemorySharedCache()
        let sites = [CachedSite(["/a": 1], shared: shared), CachedSite(["/a": 1], shared: shared)]
        try await withThrowingTaskGroup { group in
            for number in 0..<100 { group.addTask { _ = try await sites[number % 2].get("/a") } }
            try await group.waitForAll()
        }
        #expect(sites[0].renderings + sites[1].renderings == 1)
    }

    @Test func `a shared cache that fails costs nothing but itself`() async throws {
        let shared = MemorySharedCache()
        shared.isDown = true
        let site = CachedSite(["/a": 1], shared: shared)
        #expect(try await site.get("/a").status == .miss(isStored: true))
        #expect(try await site.get("/a").status == .hit)
    }

    @Test(arguments: [[UInt8](), [1, 2, 3], [UInt8](repeating: 0xFF, count: 4_096)])
    func `what is no record in the shared cache is a miss`(_ garbage: [UInt8]) async throws {
        let shared = MemorySharedCache()
        let site = CachedSite(["/a": 1], shared: shared)
        _ = try await site.get("/a")
        shared.replaceValues(with: ByteBuffer(bytes: garbage))
        let other = CachedSite(["/a": 1], shared: shared)
        #expect(try await other.get("/a").response.identity.body.readableBytes > 0)
        #expect(other.renderings == 1)
    }

    @Test func `what one process began and gave up, another finishes`() async throws {
        let shared = MemorySharedCache()
        let (one, other) = (CachedSite(["/a": 1], shared: shared), CachedSite(["/a": 1], shared: shared))
        one.isBroken = true
        await #expect(throws: CachedSite.Broken.self) { _ = try await one.get("/a") }
        #expect(try await other.get("/a").status == .miss(isStored: true))
    }
}

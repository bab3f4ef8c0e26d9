import Content
import NIOCore
import PageCache
import Site
import Synchronization

/// Addresses with a version each, behind a cache whose time stands still.
final class CachedSite: Sendable {
    struct Broken: Error {}

    let cache: PageCache
    private let lifetime: Lifetime?
    private let bodyBytes: Int
    private let time: Clockwork
    private let versions: Mutex<[String: Int]>
    private let count = Mutex(0)
    private let broken = Mutex(false)
    private let gateway = Mutex<Gate?>(nil)

    init(
        _ versions: [String: Int], _ configuration: PageCache.Configuration = PageCache.Configuration(), lifetime: Lifetime? = nil,
        shared: (any SharedCache)? = nil, bodyBytes: Int = 1_000
    ) {
        let time = Clockwork()
        self.time = time
        self.lifetime = lifetime
        self.bodyBytes = bodyBytes
        self.versions = Mutex(versions)
        cache = PageCache(configuration, shared: shared, hash: .sha256, now: { time.now }, sleep: { _ in await Task.yield() })
        publish(versions)
    }

    var renderings: Int { count.withLock { $0 } }
    var isBroken: Bool {
        get { broken.withLock { $0 } }
        set { broken.withLock { $0 = newValue } }
    }
    /// Holds renderings up until it opens.
    var gate: Gate? {
        get { gateway.withLock { $0 } }
        set { gateway.withLock { $0 = newValue } }
    }

    func advance(_ duration: Duration) { time.advance(duration) }

    func digest(_ version: Int) -> Digest { DigestFunction.sha256(Array("\(version)".utf8)) }

    func publish(_ versions: [String: Int]) {
        self.versions.withLock { $0 = versions }
        cache.publish(ResponseTable(entries: versions.mapValues { ResponseTable.Entry(digest: digest($0), lifetime: lifetime) }))
    }

    func get(_ address: String, mayStore: Bool = true) async throws -> (response: PreparedResponse, status: CacheStatus) {
        let version = versions.withLock { $0[address] } ?? 0
        let (response, status) = try await cache.response(at: address, digest: digest(version), mayStore: mayStore) {
            self.count.withLock { $0 += 1 }
            await self.gate?.pass()
            if self.isBroken { throw Broken() }
            return self.content(address, version)
        }
        return (response, status)
    }

    func content(_ address: String, _ version: Int) -> ResponseContent {
        // Text that does not become much smaller, so that sizes are what they seem.
        var state = UInt64(version)
        let text = (0..<bodyBytes).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(33 + (state >> 33) % 90)
        }
        return ResponseContent(contentType: "text/plain", cacheControl: "no-cache", body: Array("\(address) ".utf8) + text)
    }
}

/// A clock that is set by hand.
final class Clockwork: Sendable {
    private let start = ContinuousClock.now
    private let passed = Mutex(Duration.zero)

    var now: ContinuousClock.Instant { start + passed.withLock { $0 } }

    func advance(_ duration: Duration) { passed.withLock { $0 += duration } }
}

/// Lets nobody through until it is opened.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let arrivals = Mutex(0)

    func open() { isOpen.withLock { $0 = true } }

    func pass() async {
        arrivals.withLock { $0 += 1 }
        while !isOpen.withLock({ $0 }) { await Task.yield() }
    }

    /// Waits until somebody stands before it.
    func reached() async throws {
        struct TookTooLong: Error {}
        let end = ContinuousClock.now + .seconds(30)
        while arrivals.withLock({ $0 }) == 0 {
            guard ContinuousClock.now < end else { throw TookTooLong() }
            await Task.yield()
        }
    }
}

/// What processes share, as a dictionary; vanishes and fails when it is told to.
final class MemorySharedCache: SharedCache {
    struct Down: Error {}

    private let values = Mutex<[String: ByteBuffer]>([:])
    private let down = Mutex(false)

    var isDown: Bool {
        get { down.withLock { $0 } }
        set { down.withLock { $0 = newValue } }
    }

    var keys: [String] { values.withLock { Array($0.keys) } }

    func replaceValues(with value: ByteBuffer) { values.withLock { $0 = $0.mapValues { _ in value } } }

    func value(for key: String) async throws -> ByteBuffer? {
        try check()
        return values.withLock { $0[key] }
    }

    func store(_ value: ByteBuffer, for key: String, lifetime: Duration) async throws {
        try check()
        values.withLock { $0[key] = value }
    }

    func claim(_ key: String, lifetime: Duration) async throws -> Bool {
        try check()
        return values.withLock { values in
            if values[key] != nil { return false }
            values[key] = ByteBuffer()
            return true
        }
    }

    func release(_ key: String) async throws {
        try check()
        values.withLock { $0[key] = nil }
    }

    private func check() throws { if isDown { throw Down() } }
}

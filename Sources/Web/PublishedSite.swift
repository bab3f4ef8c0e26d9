public import PageCache
import Site
import Synchronization

/// The edition that is public now, over the cache of its answers. A request takes the edition
/// once and keeps it; a new one takes its place whole.
public final class PublishedSite: Sendable {
    private let edition: Mutex<Edition>
    private let cache: PageCache

    public init(_ edition: Edition, cache: PageCache) {
        self.edition = Mutex(edition)
        self.cache = cache
        cache.publish(edition.table)
    }

    public var current: Edition { edition.withLock { $0 } }

    /// Answers that were ready and are made from something else now are made
    /// before anybody sees the new edition, until `deadline` says that it is enough.
    public func publish(_ new: Edition, isTimeUp: () -> Bool = { true }) async {
        let old = current
        var table = new.table
        for address in cache.warmAddresses().sorted() where !isTimeUp() {
            guard let entry = new.manifest.entries[address], entry.digest != old.manifest.entries[address]?.digest else { continue }
            // An answer that cannot be made now is made, and fails, when it is asked for.
            table.ready[address] = try? await cache.prepare(address, digest: entry.digest) { try new.content(of: entry.resource) }
        }
        edition.withLock { $0 = new }
        cache.publish(table)
    }

    /// The answer that `resource` stands for in `edition`, from the cache where it is there.
    func response(
        to resource: Resource, _ request: CachePolicy.Request, in edition: Edition
    ) async throws -> (PreparedResponse, CacheStatus) {
        guard let entry = edition.manifest.entries[resource.address] else { throw WebError.notFound }
        let mayStore = CachePolicy.mayShare(request, CachePolicy.Response(status: 200))
        return try await cache.response(at: resource.address, digest: entry.digest, mayStore: mayStore) { try edition.content(of: resource) }
    }
}

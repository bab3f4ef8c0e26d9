import ContentCoding
import HTTPTypes
import Hummingbird
public import PageCache
import Rendering
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

    /// Which answers are made before anybody sees a new edition, of those that are made from something else now.
    public enum Preparation: Sendable {
        /// Those that were ready, until the time is up.
        case ready(isTimeUp: @Sendable () -> Bool)
        /// All that the cache has room for, those that were ready first.
        case all
    }

    public func publish(_ new: Edition, preparing preparation: Preparation = .ready { true }) async {
        let old = current
        var table = new.table
        let warm = cache.warmAddresses().sorted()
        var addresses = warm
        if case .all = preparation { addresses += Set(new.manifest.entries.keys).subtracting(warm).sorted() }
        // What readers use now is not to go for what nobody has asked for.
        var room = cache.capacity / 10 * 9 - cache.size
        for (number, address) in addresses.enumerated() {
            let isEnough =
                switch preparation {
                case .ready(let isTimeUp): isTimeUp()
                case .all: number >= warm.count && room <= 0
                }
            if isEnough { break }
            guard let entry = new.manifest.entries[address], entry.digest != old.manifest.entries[address]?.digest else { continue }
            // An answer that cannot be made now is made, and fails, when it is asked for.
            let answer = try? await cache.prepare(address, digest: entry.digest) { try new.content(of: entry.resource) }
            if number >= warm.count { room -= answer?.size ?? 0 }
            table.ready[address] = answer
        }
        edition.withLock { $0 = new }
        cache.publish(table)
    }

    func standing(of address: String) -> CacheStanding? { cache.standing(of: address) }

    /// The answer to who has already what `resource` stands for in `edition`, without making it anew.
    func unchanged(_ resource: Resource, _ request: Request, in edition: Edition) -> Response? {
        // A range is one of the bytes as they are.
        guard let field = request.headers[.ifNoneMatch], request.headers[.range] == nil, let entry = edition.manifest.entries[resource.address]
        else { return nil }
        let content = ResponseContent(edition.documents.head(of: resource, in: edition.site), body: [])
        let tag = cache.unchangedTag(
            content, at: resource.address, digest: entry.digest, ifNoneMatch: field, AcceptedCodings(request.headers[.acceptEncoding] ?? ""))
        return tag.map { Response(unchanged: content, tag: $0) }
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

import Synchronization

/// The edition that is public now. A request takes it once and keeps it; a new
/// edition takes its place whole.
public final class PublishedSite: Sendable {
    private let edition: Mutex<Edition>

    public init(_ edition: Edition) { self.edition = Mutex(edition) }

    public var current: Edition { edition.withLock { $0 } }

    public func publish(_ new: Edition) { edition.withLock { $0 = new } }
}

/// How an address stands in the cache, and how that came about.
public enum CacheStanding: Sendable, Equatable {
    /// Ready in memory for that long; made ahead of its first reader, or come by as that one was told.
    case ready(Duration, origin: CacheStatus?)
    /// A file: always ready.
    case pinned
    case absent(Absence)

    /// Why an answer is not there.
    public enum Absence: Sendable, Equatable {
        case notAskedFor
        /// What it is made from has changed, and nobody has asked since.
        case changed
        /// It made room for others.
        case evicted
    }
}

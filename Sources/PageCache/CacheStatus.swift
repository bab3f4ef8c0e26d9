/// How an answer was come by, as its receiver is told (RFC 9211; Server Timing, W3C).
public enum CacheStatus: Sendable, Equatable {
    /// Ready in this process.
    case hit
    /// Made by another process that shares a cache with this one.
    case sharedHit
    /// Ready, and past its time; a new one is on its way.
    case stale
    /// Ready, and past its time; a new one could not be made.
    case staleOnError
    /// Made for this request.
    case miss(isStored: Bool)

    /// The value of `Cache-Status`.
    public var field: String {
        switch self {
        case .hit: "Landing; hit"
        case .sharedHit: "Landing; hit; detail=shared"
        case .stale: "Landing; hit; ttl=-1; detail=stale-while-revalidate"
        case .staleOnError: "Landing; hit; ttl=-1; detail=stale-if-error"
        case .miss(let isStored): isStored ? "Landing; fwd=uri-miss; stored" : "Landing; fwd=uri-miss"
        }
    }

    /// The value of `Server-Timing`.
    public var timing: String {
        switch self {
        case .hit: "cache;desc=hit"
        case .sharedHit: "cache;desc=shared"
        case .stale, .staleOnError: "cache;desc=stale"
        case .miss: "cache;desc=miss"
        }
    }
}

public import FoundationEssentials

/// Slows down whoever guesses: each attempt takes a token of its bucket, and tokens come back one by one.
public protocol AttemptLimiter: Sendable {
    /// Takes one; otherwise says how many seconds it is until there is one.
    func take(_ bucket: AttemptBucket, _ key: String, at now: Date) async -> TimeInterval?

    /// Gives all back, after an attempt that was right.
    func reset(_ bucket: AttemptBucket, _ key: String) async
}

/// What is counted. Buckets of one kind are told apart by a key.
public enum AttemptBucket: String, Sendable, CaseIterable {
    /// One account from one network: who mistypes is slowed down soon, without keeping the owner out elsewhere.
    case accountFromAddress = "account-address"
    /// One account from anywhere: many networks guess at one.
    case account
    /// One network, whatever account.
    case address
    /// Codes of a second factor, per account.
    case code
    /// New accounts and links, per network.
    case link
    /// Changes of one account that need no password.
    case change

    /// How many at once.
    public var burst: Int {
        switch self {
        case .accountFromAddress: 5
        case .account: 50
        case .address: 20
        case .code: 5
        case .link: 10
        case .change: 30
        }
    }

    /// Seconds until one token comes back.
    public var interval: TimeInterval {
        switch self {
        case .accountFromAddress: 30
        // Much faster than one network may try, so that a few of them cannot keep the owner out.
        case .account: 2
        case .address, .change: 10
        case .code: 60
        case .link: 30
        }
    }
}

/// Attempts counted in this process.
public struct MemoryAttemptLimiter: AttemptLimiter {
    private let limits: [AttemptBucket: RateLimit]

    public init() {
        limits = Dictionary(uniqueKeysWithValues: AttemptBucket.allCases.map { ($0, RateLimit(burst: $0.burst, interval: $0.interval)) })
    }

    public func take(_ bucket: AttemptBucket, _ key: String, at now: Date) async -> TimeInterval? { limits[bucket]?.take(key, now: now) }

    public func reset(_ bucket: AttemptBucket, _ key: String) async { limits[bucket]?.reset(key) }
}

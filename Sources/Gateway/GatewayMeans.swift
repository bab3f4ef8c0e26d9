public import Logging

/// What comes from the machine, from the store and from whoever listens.
public final class GatewayMeans: Sendable {
    public let now: @Sendable () -> ContinuousClock.Instant
    /// 0..<1, for the time between attempts.
    public let jitter: @Sendable () -> Double
    /// Unique within the process and unguessable, for ids of requests and messages.
    public let makeID: @Sendable () -> String
    /// Told of each call when it is over; must not block.
    public let record: @Sendable (GatewayCallRecord) -> Void
    public let logger: Logger
    /// Answers that are kept for other replicas too; `nil` without.
    public let sharedCache: (any GatewaySharedCache)?

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, jitter: @escaping @Sendable () -> Double, makeID: @escaping @Sendable () -> String,
        record: @escaping @Sendable (GatewayCallRecord) -> Void, logger: Logger, sharedCache: (any GatewaySharedCache)? = nil
    ) {
        self.now = now
        self.jitter = jitter
        self.makeID = makeID
        self.record = record
        self.logger = logger
        self.sharedCache = sharedCache
    }
}

/// Where replicas share answers of the gateway; may forget anything at any time.
public protocol GatewaySharedCache: Sendable {
    /// `nil` also where the cache does not answer.
    func bytes(for key: String) async -> [UInt8]?

    func store(_ bytes: [UInt8], for key: String, seconds: Int) async
}

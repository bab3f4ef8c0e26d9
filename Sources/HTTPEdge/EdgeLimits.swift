public import NIOCore

/// What one connection may cost, in bytes and in time.
public struct EdgeLimits: Sendable {
    /// Connections at once; a further one is told 503 and closed. Default 16,384,
    /// and never more than the process has descriptors for.
    public var connections = 16_384
    /// Bytes of a request's target; beyond, 414. Default 8 KiB.
    public var target = 8 << 10
    /// Bytes of one header field, and of a target, that are read at all; beyond, 431 or 414. Default 32 KiB.
    public var headerField = 32 << 10
    /// Bytes of all header fields together; beyond, 431. Default 64 KiB.
    public var headerList = 64 << 10
    /// Header fields; beyond, 431. Default 100.
    public var headerCount = 100
    /// Bytes of a request's body; beyond, 413. Routes allow less. Default 1 MiB.
    public var body = 1 << 20

    /// From a head's first byte to its last; then 408. Default 10 s.
    public var headDeadline: TimeAmount = .seconds(10)
    /// From a body's first byte to its last; then 408. Default 60 s.
    public var bodyDeadline: TimeAmount = .seconds(60)
    /// Between two requests, and before the first. Default 75 s.
    public var idleDeadline: TimeAmount = .seconds(75)
    /// In which a reader must take at least ``writeProgress`` bytes of an answer that waits.
    /// Default 60 s: the system's own buffer empties by a third before it shows here.
    public var writeDeadline: TimeAmount = .seconds(60)
    /// Default 4 KiB: slower than any network that people wait for.
    public var writeProgress = 4 << 10
    /// After the last answer, for the peer to close its side. Default 2 s.
    public var lingerDeadline: TimeAmount = .seconds(2)

    public init() {}
}

public import NIOCore

/// What the store may cost, in bytes and in time.
public struct RedisLimits: Sendable {
    /// From the call to its whole answer; then ``RedisError/timeout``. Default 200 ms.
    public var commandDeadline: TimeAmount = .milliseconds(200)
    /// From the beginning of an attempt to connect until the server has answered PING on it. Default 1 s.
    public var connectDeadline: TimeAmount = .seconds(1)
    /// Commands without an answer at once; beyond, ``RedisError/overloaded``. Default 4,096.
    public var waitingCommands = 4_096
    /// Bytes of the commands without an answer; beyond, ``RedisError/overloaded``. Default 64 MiB, and at most 512 MiB.
    public var waitingBytes = 64 << 20
    /// Bytes of one answer in memory: its strings, and what the elements of lists take besides; beyond, ``RedisError/protocolViolation(_:)``.
    /// Default 16 MiB.
    public var reply = 16 << 20

    /// The shortest wait before a second attempt to connect. Default 50 ms.
    public var shortestBackoff: TimeAmount = .milliseconds(50)
    /// The longest wait between attempts to connect; up to twice that when the server refused the password. Default 2 s.
    public var longestBackoff: TimeAmount = .seconds(2)

    /// How often a subscription's connection is tried; it must answer within ``connectDeadline``. Default 5 s.
    public var subscriptionPing: TimeAmount = .seconds(5)
    /// Messages kept for a listener that is slow; what comes beyond is lost, and told by ``RedisMessage/subscribed``. Default 1,024.
    public var subscriptionBuffer = 1_024

    /// A file of certificates in PEM that the server's certificate is checked with, instead of the system's. Only for `rediss://`.
    public var certificateAuthorities: String?

    public init() {}
}

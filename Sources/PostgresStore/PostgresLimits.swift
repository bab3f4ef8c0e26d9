/// What the store may cost, in connections and in time.
public struct PostgresLimits: Sendable {
    /// As many calls run at once, each on a thread of its own. Default 4.
    public var connections = 4
    /// Calls that wait for a connection; what comes beyond is refused at once. Default 128.
    public var line = 128
    /// How long a call may wait for a connection. Default 2 s.
    public var wait: Duration = .seconds(2)

    /// From the moment a call has a thread until its answer, with everything it needs for that. Default 3 s.
    public var call: Duration = .seconds(3)
    /// For one attempt to connect to one host. Default 2 s.
    public var connect: Duration = .seconds(2)
    /// After which the server itself ends a statement. Default 2 s.
    public var statement: Duration = .seconds(2)
    /// After which the server no longer waits for a lock. Default 1 s.
    public var lock: Duration = .seconds(1)
    /// For bringing the tables up to date, waiting for another process that does it included. Default 30 s.
    public var preparation: Duration = .seconds(30)

    /// How long calls fail at once after the first failure. Default 1 s; doubled after each attempt that fails too.
    public var shortestBreak: Duration = .seconds(1)
    /// Default 5 s.
    public var longestBreak: Duration = .seconds(5)

    public init() {}
}

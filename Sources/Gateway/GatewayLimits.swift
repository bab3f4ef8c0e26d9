public import NIOCore

/// What calls of the gateway may cost, in bytes, time and number.
public struct GatewayLimits: Sendable {
    /// Until a connection stands. Default 3 s.
    public var connect: TimeAmount = .seconds(3)
    /// From the end of the request to the head of the answer, where a route names no other. Default 60 s.
    public var firstByte: TimeAmount = .seconds(60)
    /// Between two pieces of an answer. Default 300 s: agents think in silence.
    public var idle: TimeAmount = .seconds(300)
    /// From the beginning of a call to its end. Default 30 min.
    public var total: TimeAmount = .minutes(30)
    /// Between two signs of life in an event stream. Default 15 s.
    public var heartbeat: TimeAmount = .seconds(15)
    /// Connections that wait for the next call, of each event loop. Default 64: one more call at once must not
    /// cost a connection each time.
    public var idleConnections = 64
    /// How long one waits, at most. Default 4 s: the gateway closes after about 5.
    public var idleConnectionLife: TimeAmount = .seconds(4)
    /// Bytes of a gateway's answer that is read as a whole. Default 8 MiB.
    public var wholeAnswer = 8 << 20
    /// How many times the calls that the role table allows one person in a minute. Default 1.
    public var rate = 1
    /// Calls of the gateway at once, of all people. Default 512.
    public var calls = 512
    /// Sockets at once, of all people and of one. Default 128 and 4.
    public var sockets = 128
    public var socketsPerCaller = 4
    /// Event streams at once of one person. Default 6.
    public var streamsPerCaller = 6
    /// Bytes of one message on a socket, from a browser and from the gateway. Default 1 MiB and 25 MiB.
    public var browserMessage = 1 << 20
    public var gatewayMessage = 25 << 20

    public init() {}
}

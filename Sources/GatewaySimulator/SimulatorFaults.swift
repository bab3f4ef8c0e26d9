/// What is wrong with a simulated gateway; nothing, as it comes.
public struct SimulatorFaults: Sendable, Codable, Equatable {
    /// Answers everything with this status. Probes and upgrades too, except of 401, 403 and 429, which concern only what
    /// asks for a token: on a socket they refuse `connect`.
    public var refuseAll: Status?
    /// Answers as the small Express program that listens on the same port in the stack of old.
    public var impostor = false
    /// Answers with the Control UI's HTML and 200 where JSON is expected; not for probes.
    public var html = false
    /// `/v1/…` exists.
    public var restAPIEnabled = true
    /// `/api/v1/admin/rpc` exists.
    public var rpcEnabled = true
    /// Before each answer, over HTTP and on sockets. Default 0.
    public var firstByteDelay: Duration = .zero
    /// A stream stops after this many events; its connection stays open.
    public var hangsAfterEvents: Int?
    /// The connection of a stream is closed after this many events.
    public var dropsAfterEvents: Int?
    /// A stream says after this many events that it has failed, and ends.
    public var errorAfterEvents: Int?
    /// `GET /v1/models` answers this many bytes, as fast as they are read.
    public var largeAnswerBytes: Int?
    /// Closes connections right after an answer that has not said so.
    public var closesKeepAliveAfterAnswer = false
    /// The protocol that it speaks on sockets. Default 4.
    public var protocolVersion = 4
    /// Grants no scope to anybody.
    public var emptyScopes = false
    /// Lets no device in, paired or not.
    public var pairingRequired = false
    /// Has not finished to start: closes sockets with 1013.
    public var starting = false
    /// Accepts connections and says nothing: no answer, no tick.
    public var silent = false
    /// Answers with what is neither HTTP nor a frame.
    public var garbage = false
    /// Between two signs of life on a socket. Default 15 s.
    public var tickInterval: Duration = .seconds(15)

    public init() {}

    /// A status of HTTP: `503`, or `.serviceUnavailable`.
    public struct Status: RawRepresentable, Sendable, Codable, Hashable, ExpressibleByIntegerLiteral {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        public init(integerLiteral value: Int) { rawValue = value }

        public static let unauthorized: Status = 401
        public static let forbidden: Status = 403
        public static let notFound: Status = 404
        public static let tooManyRequests: Status = 429
        public static let internalServerError: Status = 500
        public static let badGateway: Status = 502
        public static let serviceUnavailable: Status = 503
    }
}

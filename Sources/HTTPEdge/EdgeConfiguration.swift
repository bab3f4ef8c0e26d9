public import ContentCoding
public import NIOCore
public import PageCache

/// What the connections of a server need from outside.
public struct EdgeConfiguration: Sendable {
    public var limits: EdgeLimits
    public var connections: OpenConnections
    public var date: HTTPDate
    public var makeRequestID: @Sendable () -> String
    /// Told the status of each request that goes no further than the edge.
    public var onRefusal: @Sendable (Int) -> Void
    /// What is answered before the router sees it.
    public var cache: PageCache?
    /// What of ``cache`` is another answer for whoever sends a session: the page, its address, the `Cookie` field and the
    /// codings go in; the head up to the fields that all answers have, and the parts of the body, come out. Called on
    /// event loops; `nil` where the router has to answer.
    public var personalAnswer: PersonalAnswer = { _, _, _, _ in nil }
    public typealias PersonalAnswer =
        @Sendable (
            _ page: PreparedResponse, _ address: String, _ cookies: String, _ accepted: AcceptedCodings
        ) -> (head: ByteBuffer, body: [ByteBuffer])?
    /// What is answered on the event loop of the connection; looked at where there is a ``cache``, and after it.
    public var direct: DirectSite?
    /// Told of each answer from ``cache``.
    public var onReady: @Sendable (ReadyAnswer) -> Void = { _ in }

    public init(
        limits: EdgeLimits = EdgeLimits(), connections: OpenConnections = OpenConnections(), date: HTTPDate,
        makeRequestID: @escaping @Sendable () -> String, onRefusal: @escaping @Sendable (Int) -> Void = { _ in },
        cache: PageCache? = nil
    ) {
        self.limits = limits
        self.connections = connections
        self.date = date
        self.makeRequestID = makeRequestID
        self.onRefusal = onRefusal
        self.cache = cache
    }
}

/// An answer that went out before the router saw its request.
public struct ReadyAnswer: Sendable {
    /// 304 instead of 200.
    public let isUnchanged: Bool
    /// HEAD instead of GET.
    public let isHead: Bool
    public let time: Duration
}

import Gateway
public import HTTPTypes
public import Hummingbird
public import Identity
public import Logging
public import NIOCore

/// Calls of the gateway that an event loop passes on by itself, while nothing is to be asked or waited for on this side: who
/// it is, is known; nothing is kept of the answer; the answer is short. The router does everything else.
public struct DirectGatewayCalls: Sendable {
    /// What of a request counts.
    public struct Ask: Sendable {
        public var address: String
        /// The request's only `Cookie` field.
        public var cookies: String
        public var requestID: String
        /// The first field of a name in lower case.
        public var field: @Sendable (_ name: String) -> String?

        public init(address: String, cookies: String, requestID: String, field: @escaping @Sendable (String) -> String?) {
            self.address = address
            self.cookies = cookies
            self.requestID = requestID
            self.field = field
        }
    }

    public enum Answer: Sendable {
        case whole(HTTPResponse.Status, HTTPFields, ByteBuffer)
        /// The router makes the answer, in a task that is cancelled when the client goes away.
        case routed(@Sendable (Request, any Channel) async throws -> Response)
    }

    private let services: GatewayServices
    private let accounts: Accounts
    private let cookie: SessionCookie
    private let observation: Observation
    private let onAnswer: @Sendable (Duration) -> Void
    private let respond: @Sendable (Request, any Channel, BegunCall) async throws -> Response

    /// - Parameters:
    ///   - origin: the site's own; decides the cookie's name.
    ///   - onAnswer: told of each whole answer, which is a 200.
    public init(
        _ services: GatewayServices, accounts: Accounts, origin: String, router: Router<WebContext>, observation: Observation, logger: Logger,
        onAnswer: @escaping @Sendable (Duration) -> Void
    ) {
        self.services = services
        self.accounts = accounts
        cookie = SessionCookie(origin: origin)
        self.observation = observation
        self.onAnswer = onAnswer
        let responder = router.buildResponder()
        respond = { request, channel, begun in
            var context = WebContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            context.begunCall = begun
            return try await responder.respond(to: request, context: context)
        }
    }

    public static let route = "/api/gateway/**"

    /// Whether something at `address`, path and query, may be such a call.
    public static func takes(_ address: String) -> Bool { address.utf8.starts(with: GatewayProxyRoutes.mount.utf8) }

    /// Begins a call. For event loops.
    ///
    /// - Parameter answer: called once, on the event loop.
    /// - Returns: ends the call; `nil` where nothing has begun, and the router is to see the request.
    public func begin(_ ask: Ask, answer: @escaping @Sendable (Answer) -> Void) -> (@Sendable () -> Void)? {
        // What may have been kept is for the router to find.
        guard ask.field("cache-control") == nil, ask.field("if-none-match") == nil, ask.field("pragma") == nil,
            let token = cookie.token([ask.cookies]), let bearer = accounts.knownBearer(token)
        else { return nil }
        let start = observation.now()
        let caller = GatewayCaller(bearer, accounts, requestID: ask.requestID, traceparent: ask.field("traceparent"))
        let accepted = ask.field("accept-encoding")
        var fields = HTTPFields()
        fields[.accept] = ask.field("accept")
        let path = ask.address.dropFirst(GatewayProxyRoutes.mount.count)
        let end = path.firstIndex(of: "?") ?? path.endIndex
        let request = GatewayRequest(
            method: .get, path: String(path[..<end]), query: end < path.endIndex ? String(path[path.index(after: end)...]) : nil, headers: fields,
            body: NoContent())
        let begun = services.proxy.begin(request, for: caller) { [services, respond, observation, onAnswer] begun in
            guard let found = services.proxy.answer(of: begun), case .bytes(var body) = found.body else {
                return answer(.routed { try await respond($0, $1, begun) })
            }
            var fields = found.headers
            if let coding = CompressionMiddleware.coding(&fields, accepted) { body = CompressionMiddleware.encode(body, coding, &fields) }
            answer(.whole(found.status, fields, body))
            onAnswer(observation.now() - start)
        }
        guard let begun else { return nil }
        return { begun.cancel() }
    }
}

/// The content of a request that has none.
private struct NoContent: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    func makeAsyncIterator() -> NoContent { self }

    mutating func next() async throws -> ByteBuffer? { nil }
}

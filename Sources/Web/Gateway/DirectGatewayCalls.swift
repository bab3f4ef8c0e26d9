public import Gateway
public import Hummingbird
public import Identity
public import Logging
public import NIOCore

/// Calls of the gateway that an event loop passes on by itself, while nothing is to be asked or waited for on this side: who
/// it is, is known; nothing is kept of the answer; the answer is short. The router does everything else.
public final class DirectGatewayCalls: Sendable {
    /// What of a request counts.
    public struct Ask: Sendable {
        public var address: String
        /// The request's only `Cookie` field.
        public var cookies: String
        public var requestID: String
        public var accept: String?
        public var acceptEncoding: String?
        public var traceparent: String?

        public init(address: String, cookies: String, requestID: String, accept: String?, acceptEncoding: String?, traceparent: String?) {
            self.address = address
            self.cookies = cookies
            self.requestID = requestID
            self.accept = accept
            self.acceptEncoding = acceptEncoding
            self.traceparent = traceparent
        }
    }

    /// Who asks on a connection, as long as it is known that nothing has changed.
    public final class Asker: Sendable {
        fileprivate let cookies: String
        fileprivate let visit: KnownVisit

        fileprivate init(cookies: String, visit: KnownVisit) {
            self.cookies = cookies
            self.visit = visit
        }
    }

    public enum Answer: Sendable {
        case whole(WholeAnswer)
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
    public static func takes(_ address: String) -> Bool { address.hasPrefix(GatewayProxyRoutes.mount) }

    /// Begins a call. For event loops.
    ///
    /// - Parameters:
    ///   - ask: of a request that says nothing of caches: what may have been kept is for the router to find.
    ///   - asker: who asked on the same connection before, and who does now; `nil` where nobody did.
    ///   - answer: called once, on the event loop.
    /// - Returns: ends the call; `nil` where nothing has begun, and the router is to see the request.
    public func begin(_ ask: Ask, asker: inout Asker?, answer: @escaping @Sendable (Answer) -> Void) -> (@Sendable () -> Void)? {
        guard let bearer = bearer(ask.cookies, &asker) else { return nil }
        let began = observation.now()
        let caller = GatewayCaller(bearer, accounts, requestID: ask.requestID, traceparent: ask.traceparent)
        let accepted = ask.acceptEncoding
        let address = ask.address.utf8
        let start = address.index(address.startIndex, offsetBy: GatewayProxyRoutes.mount.utf8.count)
        let end = address[start...].firstIndex(of: UInt8(ascii: "?")) ?? address.endIndex
        var request = GatewayRequest(
            method: .get, path: String(ask.address[start..<end]),
            query: end < address.endIndex ? String(ask.address[address.index(after: end)...]) : nil, body: NoContent())
        if let accept = ask.accept { request.headers[.accept] = accept }
        let begun = services.proxy.begin(request, for: caller) { [self] begun in
            guard var whole = services.proxy.answer(of: begun) else { return answer(.routed { [self] in try await respond($0, $1, begun) }) }
            CompressionMiddleware.encode(&whole, accepted)
            answer(.whole(whole))
            onAnswer(observation.now() - began)
        }
        guard let begun else { return nil }
        return { begun.cancel() }
    }
}

extension DirectGatewayCalls {
    /// A connection's cookies are what they were with nearly every request.
    private func bearer(_ cookies: String, _ asker: inout Asker?) -> SessionBearer? {
        if let asker, ConstantTime.areEqual(asker.cookies, cookies), accounts.holds(asker.visit) { return asker.visit.bearer }
        asker = nil
        guard let token = cookie.token([cookies]) else { return nil }
        guard let visit = accounts.knownVisit(token) else { return accounts.knownBearer(token) }
        asker = Asker(cookies: cookies, visit: visit)
        return visit.bearer
    }
}

/// The content of a request that has none.
private struct NoContent: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    func makeAsyncIterator() -> NoContent { self }

    mutating func next() async throws -> ByteBuffer? { nil }
}

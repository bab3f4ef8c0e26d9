import HTTPTypes
public import Hummingbird
public import HummingbirdCore
public import Logging
public import NIOCore
public import Site

/// Every route of the site.
public func makeRouter(
    site: PublishedSite, contact: ContactServices, proxies: TrustedProxies, observation: Observation, reloads: ReloadSignal?,
    parts: @escaping @Sendable () -> [(name: String, state: String)] = { [] }, generation: @escaping @Sendable () -> GenerationID? = { nil }
) -> Router<WebContext> {
    let operators = OperatorAccess(token: observation.metricsToken)
    let pages = PageRoutes(site: site, operators: operators)
    let health = HealthRoutes(site: site, parts: parts)
    let form = ContactRoutes(site: site, services: contact)

    let router = Router(context: WebContext.self)
    router.add(middleware: RequestMiddleware(proxies: proxies, observation: observation))
    router.add(middleware: CompressionMiddleware())
    router.add(middleware: ErrorMiddleware(site: site))

    router.resource("/healthz", get: health.live)
    router.resource("/readyz", get: health.ready)
    router.resource("/api/metrics", get: MetricsRoutes(observation: observation, operators: operators).metrics)
    router.resource("/api/site", get: SiteRoutes(site: site, operators: operators, generation: generation).summary)
    for path in [OwnPaths.atomFeed, OwnPaths.jsonFeed, OwnPaths.sitemap, OwnPaths.robots, OwnPaths.languageModels] {
        router.resource(RouterPath(path), get: pages.any)
    }
    router.resource("/tags", get: pages.any)
    router.resource("/tags/:tag", get: pages.any)
    router.resource("/wanted", get: pages.any)
    router.resource("/contact", get: form.form, post: form.submit)
    router.resource("/contact/sent", get: form.sent)
    if let reloads { router.resource("/_dev/events", get: DevelopmentRoutes(site: site, signal: reloads).events) }
    router.resource("/", get: pages.any)
    router.resource("/**", get: pages.any)
    return router
}

/// The router as a connection calls it. What ``ErrorMiddleware`` leaves are errors of the connection, and end it.
public func makeResponder(
    _ router: Router<WebContext>, logger: Logger
) -> @Sendable (Request, consuming ResponseWriter, any Channel) async throws -> Void {
    let responder = router.buildResponder()
    return { request, writer, channel in
        let context = WebContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        let response = try await responder.respond(to: request, context: context)
        try await writer.write(response: response.head, body: response.body)
    }
}

typealias Handler = @Sendable (Request, WebContext) async throws -> Response

extension Router<WebContext> {
    /// An address with what it answers; HEAD comes with GET, and every other
    /// method is refused with the list of those that are not (RFC 9110, section 15.5.6).
    func resource(_ path: RouterPath, get: @escaping Handler, post: Handler? = nil) {
        let get = path.description.contains(where: { ":{*".contains($0) }) ? get : exactly(path.description, get)
        var handlers: [HTTPRequest.Method: Handler] = [.get: get]
        // The edge leaves the body out, so that HEAD has the head that GET has.
        handlers[.head] = get
        handlers[.post] = post
        let allowed = Self.methods.filter { handlers[$0] != nil }
        for method in Self.methods {
            let handler = handlers[method] ?? { _, _ in throw WebError.methodNotAllowed(method, allowed: allowed) }
            on(path, method: method) { try await handler($0, $1) }
        }
    }

    /// The router takes `/tags/` for `/tags`; an address has one spelling.
    private func exactly(_ path: String, _ handler: @escaping Handler) -> Handler {
        { request, context in
            guard request.uri.path != path else { return try await handler(request, context) }
            return Response(status: .movedPermanently, headers: [.location: path])
        }
    }

    private static var methods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect] }
}

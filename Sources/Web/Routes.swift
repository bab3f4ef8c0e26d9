import HTTPTypes
public import Hummingbird
public import HummingbirdCore
import Identity
public import Logging
public import NIOCore
public import Site

/// Every route of the site.
public func makeRouter(
    site: PublishedSite, contact: ContactServices, accounts services: AccountServices, personal: PersonalPages, gateway: GatewayServices? = nil,
    dashboard: DashboardServices? = nil, proxies: TrustedProxies, observation: Observation, reloads: ReloadSignal?,
    parts: @escaping @Sendable () -> [(name: String, state: String)] = { [] }, generation: @escaping @Sendable () -> GenerationID? = { nil }
) -> Router<WebContext> {
    let operators = OperatorAccess(token: observation.metricsToken)
    let pages = PageRoutes(site: site, operators: operators)
    let health = HealthRoutes(site: site, parts: parts)
    let form = ContactRoutes(site: site, services: contact)
    let origin = site.current.site.settings.origin
    let gatekeeper = Gatekeeper(accounts: services.accounts, cookie: SessionCookie(origin: origin), origin: origin)
    let (only, everybody) = (gatekeeper.only, gatekeeper.everybody)
    let entry = SignInRoutes(site: site, accounts: services.accounts, gatekeeper: gatekeeper)
    let account = AccountRoutes(site: site, services: services, gatekeeper: gatekeeper, now: contact.now)
    let people = PeopleRoutes(site: site, accounts: services.accounts, gatekeeper: gatekeeper, now: contact.now)
    let api = AccountAPI(accounts: services.accounts, gatekeeper: gatekeeper)

    let router = Router(context: WebContext.self)
    router.add(middleware: RequestMiddleware(proxies: proxies, observation: observation))
    router.add(middleware: CompressionMiddleware())
    router.add(middleware: PersonalMiddleware(pages: personal))
    router.add(middleware: ErrorMiddleware(site: site))
    router.add(middleware: OriginMiddleware(gatekeeper: gatekeeper))

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
    router.resource("/status", get: pages.any)
    router.resource("/contact", get: form.form, post: form.submit)
    router.resource("/contact/sent", get: form.sent)

    // Ways in and out, for everybody.
    router.resource("/sign-in", get: everybody(entry.form), post: everybody(entry.signIn))
    router.resource("/sign-in/code", get: everybody(entry.codeForm), post: everybody(entry.code))
    router.resource("/sign-out", post: everybody(entry.signOut))
    router.resource("/sign-up", get: everybody(entry.signUpForm), post: everybody(entry.signUp))
    router.resource("/reset", get: everybody(entry.resetForm), post: everybody(entry.reset))
    router.resource("/api/account/sign-in", post: everybody(api.signIn))
    router.resource("/api/auth/verify", get: everybody(api.verify))
    router.resource("/api/openapi.json", get: OpenAPIDocument.answer)

    // The own account.
    router.resource("/account", get: only(.user, account.overview))
    router.resource("/account/name", post: only(.user, account.changeName))
    router.resource("/account/email", post: only(.user, account.changeEmail))
    router.resource("/account/password", post: only(.user, account.changePassword))
    router.resource("/account/sessions", get: only(.user, account.sessions))
    router.resource("/account/sessions/revoke", post: only(.user, account.revoke))
    router.resource("/account/sessions/revoke-others", post: only(.user, account.revokeOthers))
    router.resource("/account/sessions/revoke-all", post: only(.user, account.revokeAll))
    router.resource("/account/activity", get: only(.user, account.activity))
    router.resource("/account/two-factor", get: only(.user, account.twoFactor), post: only(.user, account.confirmTwoFactor))
    router.resource("/account/two-factor/begin", post: only(.user, account.beginTwoFactor))
    router.resource("/account/two-factor/recovery-codes", post: only(.user, account.renewRecoveryCodes))
    router.resource("/account/two-factor/off", post: only(.user, account.removeTwoFactor))
    router.resource("/account/export", post: only(.user, account.export))
    router.resource("/account/delete", get: only(.user, account.deletion), post: only(.user, account.delete))
    router.resource("/api/account", get: only(.user, api.account))
    router.resource("/api/account/sign-out", post: only(.user, api.signOut))
    router.resource("/api/account/sessions", get: only(.user, api.sessions), delete: only(.user, api.endSessions))
    router.resource("/api/account/sessions/:id", delete: only(.user, api.endSession))
    router.resource("/api/account/activity", get: only(.user, api.activity))

    // Everybody's accounts.
    router.resource("/admin/people", get: only(.admin, people.people))
    router.resource("/admin/people/invitations", post: only(.admin, people.invite))
    router.resource("/admin/people/:id", get: only(.admin, people.person))
    router.resource("/admin/people/:id/role", post: only(.admin, people.setRole))
    router.resource("/admin/people/:id/lock", post: only(.admin, people.lock))
    router.resource("/admin/people/:id/unlock", post: only(.admin, people.unlock))
    router.resource("/admin/people/:id/reset-link", post: only(.admin, people.makeResetLink))
    router.resource("/admin/people/:id/sessions/revoke", post: only(.admin, people.revoke))
    router.resource("/admin/people/:id/sessions/revoke-all", post: only(.admin, people.revokeAll))
    router.resource("/admin/people/:id/delete", post: only(.admin, people.delete))
    router.resource("/admin/audit", get: only(.admin, people.audit))

    if let dashboard {
        let status = StatusRoutes(site: site, services: dashboard)
        router.resource("/status/parts", get: status.parts)

        let desk = DashboardRoutes(site: site, services: dashboard, gatekeeper: gatekeeper)
        let chat = ChatRoutes(desk: desk)
        router.resource("/dashboard", get: only(.user, desk.overview))
        router.resource("/dashboard/agents", get: only(.user, desk.agents))
        router.resource("/dashboard/chat/:agent", get: only(.user, chat.chat), post: only(.user, chat.send))
        router.resource("/dashboard/chat/:agent/stop", post: only(.user, chat.stop))
        router.resource("/dashboard/sessions", get: only(.user, desk.sessions))
        router.resource("/dashboard/channels", get: only(.user, desk.channels))
        router.resource("/dashboard/channels/start", post: only(.admin, desk.startChannel))
        router.resource("/dashboard/channels/stop", post: only(.admin, desk.stopChannel))
        router.resource("/dashboard/jobs", get: only(.user, desk.jobs))
        router.resource("/dashboard/jobs/run", post: only(.admin, desk.runJob))
        router.resource("/dashboard/workflows", get: only(.user, desk.workflows))
        router.resource("/dashboard/events", get: only(.user, desk.events))
        router.resource("/dashboard/logs", get: only(.admin, desk.logs))
        router.resource("/dashboard/live", get: only(.user, desk.live))
    }

    // The gateway, for people who are signed in; who may call what stands in GatewayRoutes.
    if let gateway {
        let proxy = GatewayProxyRoutes(services: gateway, gatekeeper: gatekeeper)
        router.resource("/api/gateway/ws", get: proxy.socket)
        router.everyMethod(RouterPath(DirectGatewayCalls.route), proxy.call)
    }

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
    func resource(_ path: RouterPath, get: Handler? = nil, post: Handler? = nil, delete: Handler? = nil) {
        var handlers: [HTTPRequest.Method: Handler] = [:]
        let get = get.map { get in path.description.contains(where: { ":{*".contains($0) }) ? get : exactly(path.description, get) }
        handlers[.get] = get
        // The edge leaves the body out, so that HEAD has the head that GET has.
        handlers[.head] = get
        handlers[.post] = post
        handlers[.delete] = delete
        let allowed = Self.methods.filter { handlers[$0] != nil }
        for method in Self.methods {
            let handler = handlers[method] ?? { _, _ in throw WebError.methodNotAllowed(method, allowed: allowed) }
            on(path, method: method) { try await handler($0, $1) }
        }
    }

    /// An address below which another program decides what there is.
    func everyMethod(_ path: RouterPath, _ handler: @escaping Handler) {
        for method in Self.methods { on(path, method: method, use: handler) }
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

import HTTPTypes
import Hummingbird
import Identity
import Site

/// Tells who asks, and lets only those through who may.
struct Gatekeeper: Sendable {
    let accounts: Accounts
    let cookie: SessionCookie
    let origin: String

    typealias VisitorHandler = @Sendable (Request, WebContext, Accounts.Visitor) async throws -> Response

    /// Who asks; `nil` for whoever is not signed in.
    ///
    /// - Throws: `StoreUnavailable`: whether somebody is signed in is not known then.
    func visitor(_ request: Request, _ context: WebContext) async throws -> Accounts.Visitor? {
        guard let token = cookie.token(request) else { return nil }
        return try await accounts.visitor(token, address: context.clientAddress)
    }

    /// As ``visitor(_:_:)``, for what needs no more than who it is and with which role; usually without asking a store.
    func bearer(_ request: Request, _ context: WebContext) async throws -> SessionBearer? {
        guard let token = cookie.token(request) else { return nil }
        if let known = accounts.knownBearer(token) { return known }
        return try await accounts.bearer(token, address: context.clientAddress)
    }

    /// For whoever has at least `role`; everybody else is sent to sign in, or told that this is not for them.
    func only(_ role: Role, _ handler: @escaping VisitorHandler) -> Handler {
        { request, context in
            guard let visitor = try await visitor(request, context) else { throw WebError.signInNeeded(request) }
            guard visitor.user.role >= role else { throw WebError.roleNeeded(role) }
            var response = try await handler(request, context, visitor)
            response.headers[.cacheControl] = "private, no-store"
            return response
        }
    }

    /// For everybody; what is answered is about whoever asks, so nobody keeps it.
    func everybody(_ handler: @escaping Handler) -> Handler {
        { request, context in
            var response = try await handler(request, context)
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    /// Refuses what another site's page had the browser send (OWASP, "Cross-Site Request Forgery Prevention": fetch
    /// metadata, then Origin). Programs without cookies send neither field, and need not.
    func checkOrigin(_ request: Request) throws {
        guard SameOrigin.allows(request, origin: origin) else { throw WebError.foreignForm }
        let saysWhere = request.headers[.secFetchSite] != nil || request.headers[.origin] != nil
        guard saysWhere || !cookie.isSent(request) else { throw WebError.originNeeded(origin) }
    }

    func client(_ request: Request, _ context: WebContext) -> Client {
        Client(address: context.clientAddress, userAgent: request.headers[.userAgent] ?? "", requestID: context.requestID)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}

extension WebError {
    /// A page leads to the sign-in and back again; a program is told.
    static func signInNeeded(_ request: Request) -> WebError {
        var error = WebError(
            status: .unauthorized, title: "Sign in first", message: "This is only for people who are signed in.",
            remedy: "Sign in, then come back.", headers: [.cacheControl: "no-store"])
        if request.method == .get, !request.uri.path.hasPrefix("/api/") {
            error.redirect = "/sign-in?next=\(PercentEncoding.encodeQueryValue(request.uri.string))"
        } else if !request.uri.path.hasPrefix("/api/") {
            error.redirect = "/sign-in"
        }
        return error
    }

    static func roleNeeded(_ role: Role) -> WebError {
        WebError(
            status: .forbidden, title: "Not for your account", message: "This needs the role \(role.rawValue).",
            remedy: "Ask an administrator for it.")
    }

    static func originNeeded(_ origin: String) -> WebError {
        WebError(
            status: .forbidden, title: "Origin missing", message: "A request with a session that changes something must say where it comes from.",
            remedy: "Send the field Origin: \(origin).")
    }
}

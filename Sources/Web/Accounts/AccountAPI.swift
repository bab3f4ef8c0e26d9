import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identity
import Site

/// Accounts for programs: JSON in and out, as `/api/openapi.json` describes it.
struct AccountAPI: Sendable {
    let accounts: Accounts
    let gatekeeper: Gatekeeper

    private struct SignInBody: Decodable {
        let email: String
        let password: String
        let code: String?
    }

    func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try await request.json(SignInBody.self)
        let client = gatekeeper.client(request, context)
        let signedIn = try await accounts.signIn(
            email: body.email, password: body.password, code: body.code, replacing: gatekeeper.cookie.token(request), client)
        var response = try Self.json(SignedInDocument(user: UserDocument(signedIn.user), session: SessionDocument(signedIn.session, isCurrent: true)))
        response.headers[.setCookie] = gatekeeper.cookie.set(signedIn.token, lifetime: accounts.settings.limits.absolute)
        return response
    }

    func signOut(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await accounts.signOut(visitor, gatekeeper.client(request, context))
        return Response(status: .noContent, headers: [.setCookie: gatekeeper.cookie.clear])
    }

    func account(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) throws -> Response {
        try Self.json(UserDocument(visitor.user))
    }

    func sessions(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let sessions = try await accounts.sessions(of: visitor.user.id)
        return try Self.json(
            SessionsDocument(sessions: sessions.map { SessionDocument($0, isCurrent: $0.id == visitor.session.id) }))
    }

    /// Ends all sessions, or all but the one that asks (`?except=current`).
    func endSessions(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let except = request.uri.queryParameters["except"].map(String.init)
        guard except == nil || except == "current" else { throw WebError.unknownParameter("except", "current") }
        let client = gatekeeper.client(request, context)
        let count = try await accounts.revokeAll(
            of: visitor.user.id, except: except == nil ? nil : visitor.session.id, by: visitor.user.id, client)
        var response = try Self.json(EndedDocument(ended: count))
        if except == nil { response.headers[.setCookie] = gatekeeper.cookie.clear }
        return response
    }

    func endSession(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let text = context.parameters.get("id") ?? ""
        let client = gatekeeper.client(request, context)
        guard let id = UUID(uuidString: text),
            try await accounts.revoke(id, of: visitor.user.id, by: visitor.user.id, client)
        else { throw WebError.noSuchSession }
        var headers: HTTPFields = [:]
        if id == visitor.session.id { headers[.setCookie] = gatekeeper.cookie.clear }
        return Response(status: .noContent, headers: headers)
    }

    /// At most 100 lines; `?before=` the `position` of the last one leads on.
    func activity(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let position = try AuditPosition.read(request.uri.queryParameters["before"].map(String.init))
        let events = try await accounts.activity(of: visitor.user.id, after: position, limit: 100)
        return try Self.json(
            ActivityDocument(activity: events.map(ActivityDocument.Line.init), next: events.count == 100 ? events.last.map(AuditPosition.text) : nil))
    }

    /// For nginx's `auth_request`: whether whoever asks is signed in, with the role that `?role=` names if it does.
    func verify(_ request: Request, _ context: WebContext) async throws -> Response {
        var needed = Role.user
        if let text = request.uri.queryParameters["role"].map(String.init) {
            guard let role = Role(rawValue: text) else {
                throw WebError.unknownParameter("role", Role.allCases.map(\.rawValue).joined(separator: ", "))
            }
            needed = role
        }
        guard let bearer = try await gatekeeper.bearer(request, context) else {
            return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Session", .contentLength: "0"])
        }
        guard bearer.role >= needed else { return Response(status: .forbidden, headers: [.contentLength: "0"]) }
        let roles = Role.allCases.filter { $0 <= bearer.role }.map(\.rawValue).joined(separator: ",")
        return Response(
            status: .noContent,
            headers: [
                .authUser: bearer.userID.lowercased(), .authEmail: PercentEncoding.encodePath(bearer.email.text),
                .authRoles: roles,
            ])
    }

    static func json(_ document: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .text(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n", type: "application/json", status: status)
    }
}

extension HTTPField.Name {
    static let authUser = HTTPField.Name("X-Auth-User")!
    static let authEmail = HTTPField.Name("X-Auth-Email")!
    static let authRoles = HTTPField.Name("X-Auth-Roles")!
}

extension WebError {
    static let noSuchSession = WebError(
        status: .notFound, title: "No such session", message: "It is not one of your sessions, or has ended already.",
        remedy: "Look at the list again.")

    static func unknownParameter(_ name: String, _ choices: String) -> WebError {
        WebError(
            status: .badRequest, title: "The request cannot be read", message: "The parameter \(name) has a value that is not known.",
            remedy: "Use one of: \(choices).")
    }
}

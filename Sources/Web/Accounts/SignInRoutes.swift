import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identity
import Logging
import Rendering
import Site

/// The pages that lead in and out: signing in, signing up, choosing a new password.
struct SignInRoutes: Sendable {
    let site: PublishedSite
    let accounts: Accounts
    let gatekeeper: Gatekeeper

    private var cookie: SessionCookie { gatekeeper.cookie }

    // MARK: Sign in

    func form(_ request: Request, _ context: WebContext) async throws -> Response {
        let next = request.uri.queryParameters["next"].map(String.init)
        // Whether somebody is signed in may not be known now; then the form is right.
        let visitor = try? await gatekeeper.visitor(request, context)
        if visitor != nil { return .leading(to: SafeDestination.path(next, otherwise: "/account")) }
        var form = SignInForm()
        form.next = SafeDestination.path(next, otherwise: "")
        form.notice = Self.notice(request.uri.queryParameters["notice"].map(String.init))
        return show(form, .ok)
    }

    func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await request.form()
        let next = SafeDestination.path(fields.text("next"), otherwise: "")
        var form = SignInForm()
        form.email.value = fields["email"]
        form.next = next
        do {
            let signedIn = try await accounts.signIn(
                email: fields["email"], password: fields["password"], replacing: cookie.token(request), gatekeeper.client(request, context))
            return enter(signedIn, next)
        } catch AccountProblem.codeNeeded(let ticket) {
            return showCode(SignInCodeForm(token: ticket.text, next: next), .ok)
        } catch {
            return try refuse(error, context) { words, status in
                form.summary = words
                return show(form, status)
            }
        }
    }

    /// There is nothing to show without a password before it.
    func codeForm(_ request: Request, _ context: WebContext) -> Response { .leading(to: "/sign-in") }

    func code(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await request.form()
        let next = SafeDestination.path(fields.text("next"), otherwise: "")
        var form = SignInCodeForm(token: fields["token"], next: next)
        let code = fields.text("code") ?? fields["recovery"]
        do {
            guard let ticket = SessionToken(fields["token"]) else { throw AccountProblem.linkInvalid }
            let signedIn = try await accounts.signIn(
                ticket: ticket, code: code, replacing: cookie.token(request), gatekeeper.client(request, context))
            return enter(signedIn, next)
        } catch AccountProblem.linkInvalid {
            var form = SignInForm()
            form.summary = "That took too long. Please sign in again."
            form.next = next
            return show(form, .gone)
        } catch AccountProblem.wrongCode {
            form.codeError = AccountProblem.wrongCode.text
            return showCode(form, .unprocessableContent)
        } catch {
            return try refuse(error, context) { words, status in
                form.summary = words
                return showCode(form, status)
            }
        }
    }

    /// Whoever is not signed in any more is out as well.
    func signOut(_ request: Request, _ context: WebContext) async throws -> Response {
        if let visitor = try await gatekeeper.visitor(request, context) {
            try await accounts.signOut(visitor, gatekeeper.client(request, context))
        }
        var response = Response.leading(to: "/sign-in?notice=signed-out")
        response.headers[.setCookie] = cookie.clear
        return response
    }

    // MARK: Sign up

    func signUpForm(_ request: Request, _ context: WebContext) async throws -> Response {
        let token = request.uri.queryParameters["token"].map(String.init)
        guard let form = try await emptySignUp(token) else { return deadLink() }
        return show(form, .ok)
    }

    func signUp(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await request.form()
        guard var form = try await emptySignUp(fields.text("token")) else { return deadLink() }
        form.name.value = fields["name"]
        if !form.isEmailFixed { form.email.value = fields["email"] }
        do {
            let signedIn = try await accounts.signUp(
                name: fields["name"], email: form.email.value, password: fields["password"], link: fields.text("token").flatMap { SessionToken($0) },
                replacing: cookie.token(request), gatekeeper.client(request, context))
            return enter(signedIn, "")
        } catch let problem as AccountProblem {
            switch problem {
            case .nameInvalid: form.name.error = problem.text
            case .emailInvalid, .emailTaken: form.email.error = problem.text
            case .password(let reason): form.passwordError = reason.text
            case .linkInvalid: return deadLink()
            default:
                return try refuse(problem, context) { words, status in
                    form.summary = words
                    return show(form, status)
                }
            }
            form.summary = "Your account has not been made yet: please correct the fields below."
            return show(form, .unprocessableContent)
        } catch {
            return try refuse(error, context) { words, status in
                form.summary = words
                return show(form, status)
            }
        }
    }

    /// `nil` where the link is good for nothing.
    ///
    /// - Throws: ``AccountProblem/signUpClosed`` without a link, where sign-up is not open.
    private func emptySignUp(_ token: String?) async throws -> SignUpForm? {
        guard let token else {
            guard accounts.settings.signUp == .open else { throw AccountProblem.signUpClosed }
            return SignUpForm(.open)
        }
        guard let facts = try await facts(token), facts.purpose != .passwordReset else { return nil }
        var form = SignUpForm(facts.purpose == .firstAdministrator ? .firstAdministrator : .invited)
        form.token = token
        form.isEmailFixed = facts.email != nil
        form.email.value = facts.email?.text ?? ""
        return form
    }

    private func facts(_ token: String) async throws -> Accounts.LinkFacts? {
        guard let token = SessionToken(token) else { return nil }
        do {
            return try await accounts.facts(of: token)
        } catch AccountProblem.linkInvalid {
            return nil
        }
    }

    // MARK: A new password

    func resetForm(_ request: Request, _ context: WebContext) async throws -> Response {
        let token = request.uri.queryParameters["token"].map(String.init) ?? ""
        guard let form = try await emptyReset(token) else { return deadLink() }
        return show(form, .ok)
    }

    func reset(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await request.form()
        guard var form = try await emptyReset(fields["token"]), let token = SessionToken(fields["token"]) else { return deadLink() }
        do {
            _ = try await accounts.resetPassword(to: fields["password"], link: token, gatekeeper.client(request, context))
            return .leading(to: "/sign-in?notice=password-changed")
        } catch AccountProblem.linkInvalid {
            return deadLink()
        } catch AccountProblem.password(let reason) {
            form.passwordError = reason.text
            return show(form, .unprocessableContent)
        } catch {
            return try refuse(error, context) { words, status in
                form.summary = words
                return show(form, status)
            }
        }
    }

    private func emptyReset(_ token: String) async throws -> PasswordResetForm? {
        guard let facts = try await facts(token), facts.purpose == .passwordReset, let email = facts.email else { return nil }
        return PasswordResetForm(email: email.text, token: token)
    }

    // MARK: Answers

    private func enter(_ signedIn: Accounts.SignedIn, _ next: String) -> Response {
        var response = Response.leading(to: next.isEmpty ? "/account" : next)
        response.headers[.setCookie] = cookie.set(signedIn.token, lifetime: accounts.settings.limits.absolute)
        return response
    }

    private func show(_ form: SignInForm, _ status: HTTPResponse.Status) -> Response {
        var form = form
        form.isSignUpOpen = accounts.settings.signUp == .open
        let edition = site.current
        return .page(edition.documents.signIn(form, in: edition.site), status: status)
    }

    private func showCode(_ form: SignInCodeForm, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.signInCode(form, in: edition.site), status: status)
    }

    private func show(_ form: SignUpForm, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.signUp(form, in: edition.site), status: status)
    }

    private func show(_ form: PasswordResetForm, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.passwordReset(form, in: edition.site), status: status)
    }

    private func deadLink() -> Response {
        let edition = site.current
        return .page(edition.documents.deadLink(in: edition.site), status: .gone)
    }

    private static func notice(_ name: String?) -> PageNotice? {
        switch name {
        case "signed-out": PageNotice(.done, "You are signed out.")
        case "ended": PageNotice(.information, "That session has ended. Please sign in again.")
        case "password-changed": PageNotice(.done, "Your new password is set. Sign in with it.")
        case "deleted": PageNotice(.done, "Your account is deleted, with everything that was kept about you.")
        default: nil
        }
    }
}

extension Response {
    /// On to another page, with GET.
    static func leading(to place: String) -> Response {
        Response(status: .seeOther, headers: [.location: place, .cacheControl: "no-store", .contentLength: "0"])
    }
}

/// What a form shows instead of failing: the problem in words, and for how long to wait.
///
/// - Throws: what is nothing for a form.
func refuse(_ error: any Error, _ context: WebContext, _ show: (String, HTTPResponse.Status) -> Response) throws -> Response {
    let known: WebError
    switch error {
    case let problem as AccountProblem: known = WebError(problem)
    case is PasswordHasherBusy: known = .tooManySignIns
    case let outage as StoreUnavailable:
        context.logger.error("Accounts are not available: \(outage)")
        known = .accountsUnavailable(outage)
    default: throw error
    }
    // A browser shows what 401 carries only where the site asks in its own way.
    var response = show("\(known.message) \(known.remedy)", known.status == .unauthorized ? .unprocessableContent : known.status)
    for field in known.headers { response.headers[field.name] = field.value }
    return response
}

extension WebError {
    static func accountsUnavailable(_ cause: StoreUnavailable) -> WebError {
        WebError(
            status: .serviceUnavailable, title: "Accounts are not available just now",
            message: "The store of accounts does not answer, or cannot write. Pages work as always.", remedy: "Try again in a minute.",
            headers: [.retryAfter: "30"], type: "/api/openapi.json#unavailable", cause: cause)
    }
}

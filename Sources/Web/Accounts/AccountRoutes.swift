import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identity
import Rendering
import Site

/// A person's own pages: account, devices, history.
struct AccountRoutes: Sendable {
    let site: PublishedSite
    let services: AccountServices
    let gatekeeper: Gatekeeper
    let now: @Sendable () -> Date

    private var accounts: Accounts { services.accounts }

    // MARK: Overview

    func overview(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        var overview = try await overview(of: visitor)
        overview.notice = Self.notices[request.uri.queryParameters["notice"].map(String.init) ?? ""].map { PageNotice(.done, $0) }
        return show(overview, visitor, .ok)
    }

    func changeName(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            _ = try await accounts.changeName(fields["name"], of: visitor, gatekeeper.client(request, context))
            return .leading(to: "/account?notice=name")
        } catch {
            return try await refuse(error, context, visitor) { overview, words in
                overview.newName = FormField(fields["name"], error: error.is(.nameInvalid) ? words : nil)
            }
        }
    }

    func changeEmail(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            _ = try await accounts.changeEmail(fields["email"], password: fields["password"], of: visitor, gatekeeper.client(request, context))
            return .leading(to: "/account?notice=email")
        } catch {
            return try await refuse(error, context, visitor) { overview, words in
                overview.newEmail = FormField(fields["email"], error: error.is(.emailInvalid) || error.is(.emailTaken) ? words : nil)
                overview.emailPasswordError = error.is(.wrongCredentials) ? Self.wrongPassword : nil
            }
        }
    }

    func changePassword(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            let signedIn = try await accounts.changePassword(
                to: fields["password"], from: fields["current"], of: visitor, gatekeeper.client(request, context))
            var response = Response.leading(to: "/account?notice=password")
            response.headers[.setCookie] = gatekeeper.cookie.set(signedIn.token, lifetime: accounts.settings.limits.absolute)
            return response
        } catch {
            return try await refuse(error, context, visitor) { overview, words in
                if case AccountProblem.password(let reason) = error { overview.newPasswordError = reason.text }
                overview.currentPasswordError = error.is(.wrongCredentials) ? Self.wrongPassword : nil
            }
        }
    }

    private static let wrongPassword = "This is not your password."

    private static let notices = [
        "name": "Your name is changed.", "email": "Your address is changed: sign in with the new one.",
        "password": "Your password is changed. All other devices are signed out.", "welcome": "Welcome.",
    ]

    private func overview(of visitor: Accounts.Visitor) async throws -> AccountOverview {
        let user = visitor.user
        return AccountOverview(
            name: user.name, email: user.email.text, role: user.role.title, memberSince: user.createdAt, passwordChangedAt: user.passwordChangedAt,
            secondFactor: user.hasSecondFactor ? .on(recoveryCodesLeft: user.secondFactor?.recoveryHashes.count ?? 0) : .off,
            sessions: try await accounts.sessions(of: user.id).count)
    }

    private func show(_ overview: AccountOverview, _ visitor: Accounts.Visitor, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.accountOverview(overview, for: visitor.viewer, in: edition.site, now: now()), status: status)
    }

    private func refuse(
        _ error: any Error, _ context: WebContext, _ visitor: Accounts.Visitor, _ mark: (inout AccountOverview, String) -> Void
    ) async throws -> Response {
        var overview = try await overview(of: visitor)
        return try Web.refuse(error, context) { words, status in
            mark(&overview, words)
            overview.summary = "Nothing was changed. \(words)"
            return show(overview, visitor, status)
        }
    }

    // MARK: Devices

    func sessions(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let edition = site.current
        let sessions = try await accounts.sessions(of: visitor.user.id)
        let newcomers = try await accounts.newDevices(of: visitor)
        let entries = sessions.map { SessionEntry($0, isCurrent: $0.id == visitor.session.id, isNew: newcomers.contains($0.id)) }
        let notice: PageNotice? =
            switch request.uri.queryParameters["notice"].map(String.init) {
            case "signed-out": PageNotice(.done, "That device is signed out.")
            case "others": PageNotice(.done, "All other devices are signed out.")
            case "gone": PageNotice(.information, "That device was signed out already.")
            default: nil
            }
        return .page(edition.documents.sessions(SessionList(entries, notice: notice), for: visitor.viewer, in: edition.site, now: now()))
    }

    func revoke(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        guard let id = UUID(uuidString: fields["id"]) else { return .leading(to: "/account/sessions?notice=gone") }
        let wasThere = try await accounts.revoke(id, of: visitor.user.id, by: visitor.user.id, gatekeeper.client(request, context))
        guard id == visitor.session.id else { return .leading(to: "/account/sessions?notice=\(wasThere ? "signed-out" : "gone")") }
        return leave("signed-out")
    }

    func revokeOthers(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let client = gatekeeper.client(request, context)
        _ = try await accounts.revokeAll(of: visitor.user.id, except: visitor.session.id, by: visitor.user.id, client)
        return .leading(to: "/account/sessions?notice=others")
    }

    func revokeAll(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        _ = try await accounts.revokeAll(of: visitor.user.id, by: visitor.user.id, gatekeeper.client(request, context))
        return leave("signed-out")
    }

    private func leave(_ notice: String) -> Response {
        var response = Response.leading(to: "/sign-in?notice=\(notice)")
        response.headers[.setCookie] = gatekeeper.cookie.clear
        return response
    }

    // MARK: History

    func activity(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let before = request.uri.queryParameters["before"].map(String.init)
        let events = try await accounts.activity(of: visitor.user.id, after: try AuditPosition.read(before), limit: Self.linesOnPage)
        let entries = events.map { event in
            ActivityPage.Entry(
                at: event.at, text: AuditText.sentence(event, for: visitor.user.id), device: AuditText.device(event), address: event.address,
                isRefused: event.outcome == .refused)
        }
        let older = events.count == Self.linesOnPage ? events.last.map { "/account/activity?before=\(AuditPosition.text($0))" } : nil
        let page = ActivityPage(entries, older: older, isOlderPage: before != nil)
        let edition = site.current
        return .page(edition.documents.activity(page, for: visitor.viewer, in: edition.site, now: now()))
    }

    private static let linesOnPage = 50

    // MARK: Second factor

    func twoFactor(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let notice = request.uri.queryParameters["notice"] == "off" ? PageNotice(.done, "Two-factor sign-in is off.") : nil
        var page = twoFactorPage(try await accounts.user(visitor.user.id))
        page.notice = notice
        return show(page, visitor, .ok)
    }

    func beginTwoFactor(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        do {
            _ = try await accounts.beginSecondFactor(of: visitor)
        } catch AccountProblem.notAllowed {
            // It is on already, as the page says.
        }
        return .leading(to: "/account/two-factor")
    }

    func confirmTwoFactor(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            let codes = try await accounts.confirmSecondFactor(
                code: fields["code"], password: fields["password"], of: visitor, gatekeeper.client(request, context))
            return show(codes, PageNotice(.done, "Two-factor sign-in is on."), visitor)
        } catch {
            return try await refuseTwoFactor(error, context, visitor) { page, words in
                guard case .setup(var setup) = page.state else { return }
                if error.is(.wrongCode) { setup.codeError = words } else if error.is(.wrongCredentials) { setup.passwordError = Self.wrongPassword }
                page.state = .setup(setup)
            }
        }
    }

    func renewRecoveryCodes(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            let codes = try await accounts.renewRecoveryCodes(password: fields["password"], of: visitor, gatekeeper.client(request, context))
            return show(codes, PageNotice(.done, "The old recovery codes are good for nothing any more."), visitor)
        } catch {
            return try await refuseTwoFactor(error, context, visitor) { page, _ in
                page.recoveryPasswordError = error.is(.wrongCredentials) ? Self.wrongPassword : nil
            }
        }
    }

    func removeTwoFactor(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        do {
            try await accounts.removeSecondFactor(password: fields["password"], of: visitor, gatekeeper.client(request, context))
            return .leading(to: "/account/two-factor?notice=off")
        } catch {
            return try await refuseTwoFactor(error, context, visitor) { page, _ in
                page.offPasswordError = error.is(.wrongCredentials) ? Self.wrongPassword : nil
            }
        }
    }

    private func twoFactorPage(_ user: User) -> TwoFactorPage {
        guard let factor = user.secondFactor else { return TwoFactorPage(.off) }
        if factor.isConfirmed { return TwoFactorPage(.on(recoveryCodesLeft: factor.recoveryHashes.count)) }
        let address = TimeBasedCode.address(secret: factor.secret, issuer: site.current.site.settings.title, account: user.email.text)
        return TwoFactorPage(
            .setup(
                TwoFactorPage.Setup(
                    qrCode: services.drawCode(address) ?? "", secret: TimeBasedCode.text(of: factor.secret), address: address)))
    }

    private func show(_ page: TwoFactorPage, _ visitor: Accounts.Visitor, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.twoFactor(page, for: visitor.viewer, in: edition.site), status: status)
    }

    private func show(_ codes: [String], _ notice: PageNotice, _ visitor: Accounts.Visitor) -> Response {
        let edition = site.current
        return .page(edition.documents.recoveryCodes(codes, notice: notice, for: visitor.viewer, in: edition.site))
    }

    private func refuseTwoFactor(
        _ error: any Error, _ context: WebContext, _ visitor: Accounts.Visitor, _ mark: (inout TwoFactorPage, String) -> Void
    ) async throws -> Response {
        var page = twoFactorPage(try await accounts.user(visitor.user.id))
        return try Web.refuse(error, context) { words, status in
            mark(&page, words)
            page.summary = "Nothing was changed. \(words)"
            return show(page, visitor, status)
        }
    }

    // MARK: Own data

    func export(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let export = try await accounts.export(of: visitor, gatekeeper.client(request, context))
        var response = try AccountAPI.json(ExportDocument(export, current: visitor.session.id))
        response.headers[.contentDisposition] = "attachment; filename=\"account.json\""
        return response
    }

    func deletion(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) -> Response { show(DeletionForm(), visitor, .ok) }

    func delete(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        var form = DeletionForm()
        form.confirmation.value = fields["confirmation"]
        guard EmailAddress(fields["confirmation"]) == visitor.user.email else {
            form.confirmation.error = "Type your address, \(visitor.user.email), as it stands here."
            form.summary = "Your account has not been deleted."
            return show(form, visitor, .unprocessableContent)
        }
        do {
            try await accounts.deleteOwnAccount(password: fields["password"], of: visitor, gatekeeper.client(request, context))
            return leave("deleted")
        } catch {
            return try Web.refuse(error, context) { words, status in
                if error.is(.wrongCredentials) { form.passwordError = Self.wrongPassword }
                if error.is(.lastAdministrator) { form.obstacle = words }
                form.summary = "Your account has not been deleted. \(error.is(.wrongCredentials) ? "" : words)"
                return show(form, visitor, status)
            }
        }
    }

    private func show(_ form: DeletionForm, _ visitor: Accounts.Visitor, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.accountDeletion(form, for: visitor.viewer, in: edition.site), status: status)
    }
}

extension Error {
    func `is`(_ problem: AccountProblem) -> Bool { self as? AccountProblem == problem }
}

extension HTTPField.Name {
    static let contentDisposition = HTTPField.Name("Content-Disposition")!
}

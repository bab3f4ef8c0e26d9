import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identity
import Rendering
import Site

/// What administrators see and do: people, their devices, the audit trail.
struct PeopleRoutes: Sendable {
    let site: PublishedSite
    let accounts: Accounts
    let gatekeeper: Gatekeeper
    let now: @Sendable () -> Date

    private static let peopleOnPage = 50
    private static let linesOnPage = 100

    // MARK: People

    func people(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        show(try await page(request, visitor), visitor, .ok)
    }

    private func page(_ request: Request, _ visitor: Accounts.Visitor) async throws -> PeoplePage {
        let query = request.uri.queryParameters["q"].map(String.init) ?? ""
        let after = request.uri.queryParameters["after"].flatMap { EmailAddress(String($0)) }
        let users = try await accounts.users(matching: query.isEmpty ? nil : query, after: after, limit: Self.peopleOnPage + 1)
        var people: [PeoplePage.Person] = []
        for user in users.prefix(Self.peopleOnPage) {
            people.append(
                PeoplePage.Person(
                    id: user.id.uuidString.lowercased(), name: user.name, email: user.email.text, role: user.role.title,
                    state: user.lockedAt != nil ? .locked : user.password == nil ? .waiting : .active,
                    lastSeenAt: try await accounts.sessions(of: user.id).first?.lastSeenAt, isViewer: user.id == visitor.user.id))
        }
        var page = PeoplePage(people, invitationRoles: Self.roles(.user))
        page.query = query
        page.isLaterPage = after != nil
        if users.count > Self.peopleOnPage, let last = people.last {
            page.next =
                "/admin/people?after=\(PercentEncoding.encodeQueryValue(last.email))"
                + (query.isEmpty ? "" : "&q=\(PercentEncoding.encodeQueryValue(query))")
        }
        if request.uri.queryParameters["notice"] == "deleted" { page.notice = PageNotice(.done, "The account is deleted.") }
        return page
    }

    func invite(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        let role = Role(rawValue: fields["role"]) ?? .user
        do {
            let token = try await accounts.invite(fields.text("email"), as: role, by: visitor.user.id, gatekeeper.client(request, context))
            return show(
                IssuedLink(
                    .invitation(email: fields.text("email"), role: role.title), address: "\(gatekeeper.origin)/sign-up?token=\(token.text)",
                    expiresAt: now().addingTimeInterval(accounts.settings.invitationLife)), visitor)
        } catch {
            var page = try await page(request, visitor)
            page.invitationRoles = Self.roles(role)
            return try Web.refuse(error, context) { words, status in
                page.invitationEmail = FormField(fields["email"], error: error.is(.emailInvalid) || error.is(.emailTaken) ? words : nil)
                page.summary = "Nobody was invited. \(words)"
                return show(page, visitor, status)
            }
        }
    }

    private func show(_ page: PeoplePage, _ visitor: Accounts.Visitor, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.people(page, for: visitor.viewer, in: edition.site, now: now()), status: status)
    }

    private func show(_ link: IssuedLink, _ visitor: Accounts.Visitor) -> Response {
        let edition = site.current
        return .page(edition.documents.issuedLink(link, for: visitor.viewer, in: edition.site, now: now()))
    }

    private static func roles(_ selected: Role) -> [Choice] { Role.allCases.map { Choice($0.rawValue, $0.title, isSelected: $0 == selected) } }

    // MARK: One person

    func person(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        var page = try await page(try await user(context), visitor)
        let notices = [
            "role": "The role is changed, and the person signed out everywhere.", "locked": "The account is locked, and signed out everywhere.",
            "unlocked": "The account is unlocked.", "signed-out": "Signed out.",
        ]
        page.notice = notices[request.uri.queryParameters["notice"].map(String.init) ?? ""].map { PageNotice(.done, $0) }
        return show(page, visitor, .ok)
    }

    func setRole(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        guard let role = Role(rawValue: fields["role"]) else { throw WebError.malformed }
        return try await act(request, context, visitor, "role") { user, client in
            guard user.id != visitor.user.id else { throw AccountProblem.notAllowed }
            _ = try await accounts.setRole(role, of: user.id, by: visitor.user.id, client)
        }
    }

    func lock(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await act(request, context, visitor, "locked") { user, client in
            guard user.id != visitor.user.id else { throw AccountProblem.notAllowed }
            _ = try await accounts.lock(user.id, by: visitor.user.id, client)
        }
    }

    func unlock(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await act(request, context, visitor, "unlocked") { _ = try await accounts.unlock($0.id, by: visitor.user.id, $1) }
    }

    func makeResetLink(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let user = try await user(context)
        let token = try await accounts.makeResetLink(for: user.id, by: visitor.user.id, gatekeeper.client(request, context))
        return show(
            IssuedLink(
                .passwordReset(name: user.name, id: user.id.uuidString.lowercased()), address: "\(gatekeeper.origin)/reset?token=\(token.text)",
                expiresAt: now().addingTimeInterval(accounts.settings.resetLife)), visitor)
    }

    func revoke(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        return try await act(request, context, visitor, "signed-out") { user, client in
            guard let id = UUID(uuidString: fields["id"]) else { return }
            _ = try await accounts.revoke(id, of: user.id, by: visitor.user.id, client)
        }
    }

    func revokeAll(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await act(request, context, visitor, "signed-out") { _ = try await accounts.revokeAll(of: $0.id, by: visitor.user.id, $1) }
    }

    func delete(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        let user = try await user(context)
        guard EmailAddress(fields["confirmation"]) == user.email else {
            var page = try await page(user, visitor)
            page.confirmation = FormField(fields["confirmation"], error: "Type the address of the account, \(user.email), as it stands here.")
            page.summary = "The account has not been deleted."
            return show(page, visitor, .unprocessableContent)
        }
        let response = try await act(request, context, visitor, "") { user, client in
            guard user.id != visitor.user.id else { throw AccountProblem.notAllowed }
            try await accounts.deleteAccount(user.id, by: visitor.user.id, client)
        }
        return response.status == .seeOther ? .leading(to: "/admin/people?notice=deleted") : response
    }

    /// Does something to the person of the address, and shows the person's page again.
    private func act(
        _ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor, _ notice: String, _ body: (User, Client) async throws -> Void
    ) async throws -> Response {
        let user = try await user(context)
        do {
            try await body(user, gatekeeper.client(request, context))
            return .leading(to: "/admin/people/\(user.id.uuidString.lowercased())?notice=\(notice)")
        } catch {
            var page = try await page(user, visitor)
            return try Web.refuse(error, context) { words, status in
                page.summary = "Nothing was changed. \(words)"
                return show(page, visitor, status)
            }
        }
    }

    private func user(_ context: WebContext) async throws -> User {
        guard let id = context.parameters.get("id").flatMap({ UUID(uuidString: $0) }) else { throw WebError.notFound }
        return try await accounts.user(id)
    }

    private func page(_ user: User, _ visitor: Accounts.Visitor) async throws -> PersonPage {
        var page = PersonPage(
            id: user.id.uuidString.lowercased(), name: user.name, email: user.email.text, role: user.role.title, roles: Self.roles(user.role),
            memberSince: user.createdAt, hasPassword: user.password != nil, hasSecondFactor: user.hasSecondFactor, lockedAt: user.lockedAt)
        page.sessions = try await accounts.sessions(of: user.id).map { SessionEntry($0, isCurrent: $0.id == visitor.session.id) }
        page.isViewer = user.id == visitor.user.id
        return page
    }

    private func show(_ page: PersonPage, _ visitor: Accounts.Visitor, _ status: HTTPResponse.Status) -> Response {
        let edition = site.current
        return .page(edition.documents.person(page, for: visitor.viewer, in: edition.site, now: now()), status: status)
    }

    // MARK: Audit

    func audit(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        func parameter(_ name: String) -> String {
            var text = (request.uri.queryParameters[name[...]].map(String.init) ?? "")[...].drop(while: \.isWhitespace)
            while text.last?.isWhitespace == true { text = text.dropLast() }
            return String(text.prefix(254))
        }
        let (action, outcome, person, address, before) = (
            parameter("action"), parameter("outcome"), parameter("person"), parameter("address"), parameter("before")
        )
        var filter = AuditPage.Filter(
            actions: [Choice("", "Everything", isSelected: action.isEmpty)]
                + AuditText.actions.map { Choice($0.rawValue, AuditText.title($0), isSelected: $0.rawValue == action) },
            outcomes: [
                Choice("", "Done or refused", isSelected: outcome.isEmpty), Choice("done", "Done", isSelected: outcome == "done"),
                Choice("refused", "Refused", isSelected: outcome == "refused"),
            ])
        filter.person.value = person
        filter.address.value = address
        filter.isActive = !(action + outcome + person + address).isEmpty
        var query = AuditQuery(
            action: action.isEmpty ? nil : AuditAction(rawValue: action), outcome: AuditEvent.Outcome(rawValue: outcome),
            address: address.isEmpty ? nil : address, after: try AuditPosition.read(before.isEmpty ? nil : before), limit: Self.linesOnPage)
        var events: [AuditEvent] = []
        if person.isEmpty {
            events = try await accounts.audit(query)
        } else if let id = UUID(uuidString: person) {
            query.subject = id
            events = try await accounts.audit(query)
        } else {
            do {
                query.subject = try await accounts.user(email: person).id
                events = try await accounts.audit(query)
            } catch let problem as AccountProblem {
                filter.person.error = problem.is(.emailInvalid) ? "Write an e-mail address." : "Nobody has this address."
            }
        }
        var page = AuditPage(try await entries(events), filter: filter)
        let others = [("action", action), ("outcome", outcome), ("person", person), ("address", address)].filter { !$0.1.isEmpty }
            .map { "\($0.0)=\(PercentEncoding.encodeQueryValue($0.1))" }
        if events.count == Self.linesOnPage, let last = events.last {
            page.older = "/admin/audit?" + (others + ["before=\(AuditPosition.text(last))"]).joined(separator: "&")
        }
        if !before.isEmpty { page.newest = "/admin/audit" + (others.isEmpty ? "" : "?" + others.joined(separator: "&")) }
        let edition = site.current
        return .page(edition.documents.audit(page, for: visitor.viewer, in: edition.site, now: now()))
    }

    private func entries(_ events: [AuditEvent]) async throws -> [AuditPage.Entry] {
        var people: [UUID: AuditPage.Person] = [:]
        for id in Set(events.flatMap { [$0.actor, $0.subject].compactMap(\.self) }) {
            do {
                people[id] = AuditPage.Person(id: id.uuidString.lowercased(), name: try await accounts.user(id).email.text)
            } catch AccountProblem.notFound {
                people[id] = AuditPage.Person(name: "A deleted account")
            }
        }
        return events.map { event in
            let nobody = AuditPage.Person(name: event.userAgent == Client.terminal.userAgent ? "Command line" : "Somebody")
            return AuditPage.Entry(
                at: event.at, action: AuditText.title(event.action), isRefused: event.outcome == .refused,
                actor: event.actor.flatMap { people[$0] } ?? nobody,
                subject: event.subject == event.actor ? nil : event.subject.flatMap { people[$0] },
                address: event.address, device: AuditText.device(event),
                details: event.details.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }, requestID: event.requestID)
        }
    }
}

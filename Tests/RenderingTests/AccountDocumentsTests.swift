import Content
import Foundation
import Rendering
import Site
import TestSupport
import Testing

/// Pages of accounts. Look at a difference before you accept it:
/// `LANDING_UPDATE_GOLDEN=1 swift test --filter AccountDocumentsTests`.
@Suite struct AccountDocumentsTests {
    private let site: SiteSnapshot
    private let documents: SiteDocuments

    private static let now = AccountSamples.now

    init() throws {
        let real = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        let named = AssetCatalog(
            real.assets.values.map {
                Asset(path: $0.path, fingerprint: "fingerprint", integrity: "integrity", contentType: $0.contentType, bytes: [], pixelSize: nil)
            })
        let templates = try TemplateLibrary(TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: named)
        site = try ContentLoader(folder: "\(Repository.path)/Tests/RenderingTests/Fixture/content").load(
            now: Self.now, ContentLoader.Surroundings(origin: "https://agents.example", assets: real, templates: templates.pageTemplates))
        documents = SiteDocuments(templates: templates, assets: AssetCatalog())
    }

    // MARK: Looks

    @Test func `pages of accounts look as they did`() throws {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            // The frame is the same on all of them: one shows it.
            let shown = name == "sessions" ? text : try Self.content(of: text)
            #expect(try Repository.matchesGolden(shown, "RenderingTests/Golden/account/\(name).html"), "\(name)")
        }
    }

    /// From the beginning of the main element, the ways beside it included, to its end.
    private static func content(of text: String) throws -> String {
        let start = try #require(text.firstRange(of: "<div class=\"area\">") ?? text.firstRange(of: "<main"))
        let end = try #require(text.firstRange(of: "</main>"))
        return text[start.lowerBound..<end.upperBound] + "\n"
    }

    // MARK: What holds for every page

    @Test func `no index lists them, and none says an address to link to`() {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            #expect(text.contains("<meta name=\"robots\" content=\"noindex\">"), "\(name)")
            #expect(!text.contains("rel=\"canonical\""), "\(name)")
            #expect(!text.contains("ld+json"), "\(name)")
        }
    }

    @Test func `nothing on them needs what the content security policy forbids`() {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            #expect(!text.contains(" style=") && !text.contains("<style"), "\(name)")
            #expect(!text.contains(" onclick=") && !text.contains(" onsubmit="), "\(name)")
            #expect(text.ranges(of: "<script").count == text.ranges(of: "<script src=").count + text.ranges(of: "<script type=\"module\" src=").count)
        }
    }

    @Test func `every form that does something posts to an address of this site`() throws {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            for form in Self.tags("form", in: text) {
                let isSearch = form.contains("role=\"search\"")
                #expect(form.contains(isSearch ? "method=\"get\"" : "method=\"post\""), "\(name): \(form)")
                #expect(form.contains("action=\"/"), "\(name): \(form)")
            }
        }
    }

    @Test func `fields and what is said of them belong together`() throws {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            let ids = text.ranges(of: " id=\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
            #expect(Set(ids).count == ids.count, "\(name) has one id twice: \(ids.sorted())")
            for attribute in ["for", "aria-describedby", "aria-labelledby", "data-copy"] {
                for range in text.ranges(of: " \(attribute)=\"") {
                    for id in text[range.upperBound...].prefix(while: { $0 != "\"" }).split(separator: " ") {
                        #expect(ids.contains(String(id)), "\(name): \(attribute) names \(id), which is not there")
                    }
                }
            }
        }
    }

    @Test func `passwords and codes are never shown again`() {
        for (name, text) in AccountSamples.documents(documents, in: site) {
            for input in Self.tags("input", in: text) where input.contains("type=\"password\"") || input.contains("class=\"code-input\"") {
                #expect(!input.contains("value="), "\(name): \(input)")
                #expect(input.contains("autocomplete="), "\(name): \(input)")
            }
        }
    }

    /// The opening tags of one kind.
    private static func tags(_ name: String, in text: String) -> [String] {
        text.ranges(of: "<\(name) ").map { text[$0.lowerBound...].prefix { $0 != ">" } + ">" }
    }

    // MARK: Strangers

    @Test func `nothing that people, browsers or strangers send becomes HTML`() {
        let hostile = "\"'><img src=x onerror=alert(1)>&amp;{{title}}"
        let field = FormField(hostile, error: hostile)
        let notice = PageNotice(.done, hostile)
        let viewer = AccountViewer(name: hostile, email: hostile, isAdmin: true)
        let now = Self.now
        var session = AccountSamples.session(1, .program, hostile, hostile, isNew: true)
        session.id = hostile
        session.method = hostile
        session.userAgent = hostile
        let choices = [Choice(hostile, hostile)]

        var signIn = SignInForm()
        signIn.email = field
        signIn.passwordError = hostile
        signIn.next = hostile
        signIn.summary = hostile
        signIn.notice = notice
        var code = SignInCodeForm(token: hostile, next: hostile)
        code.codeError = hostile
        code.recoveryError = hostile
        code.summary = hostile
        var signUp = SignUpForm(.invited)
        signUp.name = field
        signUp.email = field
        signUp.passwordError = hostile
        signUp.token = hostile
        signUp.summary = hostile
        var fixed = signUp
        fixed.isEmailFixed = true
        var reset = PasswordResetForm(email: hostile, token: hostile)
        reset.passwordError = hostile
        reset.summary = hostile
        var overview = AccountOverview(name: hostile, email: hostile, role: hostile, memberSince: now, sessions: 1)
        overview.notice = notice
        overview.summary = hostile
        overview.newName = field
        overview.newEmail = field
        overview.emailPasswordError = hostile
        overview.currentPasswordError = hostile
        overview.newPasswordError = hostile
        var deletion = DeletionForm()
        deletion.confirmation = field
        deletion.passwordError = hostile
        deletion.summary = hostile
        var obstacle = DeletionForm()
        obstacle.obstacle = hostile
        let happening = ActivityPage.Entry(at: now, text: hostile, device: hostile, address: hostile, isRefused: true)
        let setup = TwoFactorPage.Setup(qrCode: "<svg></svg>", secret: hostile, address: hostile, codeError: hostile)
        var turnedOn = TwoFactorPage(.on(recoveryCodesLeft: 3))
        turnedOn.notice = notice
        turnedOn.summary = hostile
        turnedOn.recoveryPasswordError = hostile
        turnedOn.offPasswordError = hostile
        var people = PeoplePage(
            [PeoplePage.Person(id: hostile, name: hostile, email: hostile, role: hostile, lastSeenAt: now)], invitationRoles: choices)
        people.query = hostile
        people.next = hostile
        people.isLaterPage = true
        people.invitationEmail = field
        people.notice = notice
        people.summary = hostile
        var nobody = people
        nobody.people = []
        var person = PersonPage(
            id: hostile, name: hostile, email: hostile, role: hostile, roles: choices, memberSince: now, hasPassword: true, hasSecondFactor: true)
        person.sessions = [session]
        person.confirmation = field
        person.notice = notice
        person.summary = hostile
        var filter = AuditPage.Filter(actions: choices, outcomes: choices)
        filter.person = field
        filter.address = field
        let somebody = AuditPage.Person(id: hostile, name: hostile)
        var audit = AuditPage(
            [
                AuditPage.Entry(
                    at: now, action: hostile, isRefused: true, actor: somebody, subject: AuditPage.Person(name: hostile), address: hostile,
                    device: hostile, details: [hostile], requestID: hostile)
            ], filter: filter)
        audit.older = hostile
        audit.newest = hostile
        audit.summary = hostile
        let invitation = IssuedLink(.invitation(email: hostile, role: hostile), address: hostile, expiresAt: now)
        let resetLink = IssuedLink(.passwordReset(name: hostile, id: hostile), address: hostile, expiresAt: now)

        let texts = [
            documents.signIn(signIn, in: site), documents.signInCode(code, in: site), documents.signUp(signUp, in: site),
            documents.signUp(fixed, in: site), documents.passwordReset(reset, in: site),
            documents.accountOverview(overview, for: viewer, in: site, now: now), documents.accountDeletion(deletion, for: viewer, in: site),
            documents.accountDeletion(obstacle, for: viewer, in: site),
            documents.sessions(SessionList([session], notice: notice), for: viewer, in: site, now: now),
            documents.activity(ActivityPage([happening], older: hostile), for: viewer, in: site, now: now),
            documents.twoFactor(TwoFactorPage(.setup(setup)), for: viewer, in: site), documents.twoFactor(turnedOn, for: viewer, in: site),
            documents.recoveryCodes([hostile], notice: notice, for: viewer, in: site),
            documents.people(people, for: viewer, in: site, now: now), documents.people(nobody, for: viewer, in: site, now: now),
            documents.person(person, for: viewer, in: site, now: now), documents.issuedLink(invitation, for: viewer, in: site, now: now),
            documents.issuedLink(resetLink, for: viewer, in: site, now: now), documents.audit(audit, for: viewer, in: site, now: now),
            documents.accountMenu(name: hostile, isAdmin: true),
        ]
        for (number, text) in texts.enumerated() {
            #expect(!text.contains("<img"), "document \(number)")
            // Neither does it end the attribute that it stands in.
            #expect(!text.contains("\"'>") && !text.contains("\"&#39;>"), "document \(number)")
            #expect(text.contains("&lt;img src=x onerror=alert(1)&gt;"), "document \(number)")
        }
    }

    // MARK: The header

    @Test func `public pages have one place for the account, with the way in`() throws {
        let text = documents.wanted(in: site)
        let place = try Self.place(in: text)
        #expect(place.contains("href=\"/sign-in\""))
        #expect(text.ranges(of: "<!--account-->").count == 1)
        #expect(text.ranges(of: "<!--/account-->").count == 1)
    }

    @Test func `what a person sees in that place is the menu, byte for byte`() throws {
        let text = documents.sessions(SessionList([]), for: AccountSamples.ada, in: site, now: Self.now)
        #expect(try Self.place(in: text) == documents.accountMenu(name: "Ada Lovelace", isAdmin: true))
        #expect(documents.accountMenu(name: "Ada", isAdmin: true).contains("/admin/people"))
        #expect(!documents.accountMenu(name: "Ben", isAdmin: false).contains("/admin/"))
        #expect(documents.accountMenu(name: "", isAdmin: false).contains("•"))
    }

    private static func place(in text: String) throws -> Substring {
        let start = try #require(text.firstRange(of: "<!--account-->"))
        let end = try #require(text.firstRange(of: "<!--/account-->"))
        return text[start.upperBound..<end.lowerBound]
    }

    // MARK: The area

    @Test func `ways for administrators are shown to administrators`() {
        let page = ActivityPage([])
        #expect(!documents.activity(page, for: AccountSamples.ben, in: site, now: Self.now).contains("/admin/"))
        let text = documents.activity(page, for: AccountSamples.ada, in: site, now: Self.now)
        #expect(text.contains("<li><a href=\"/admin/audit\">Audit</a></li>"))
        #expect(text.contains("<li><a href=\"/account/activity\" aria-current=\"page\">Activity</a></li>"))
        #expect(text.contains("<li><a href=\"/account\">Overview</a></li>"))
        let deeper = documents.twoFactor(TwoFactorPage(.off), for: AccountSamples.ada, in: site)
        #expect(deeper.contains("<li><a href=\"/account\" aria-current=\"true\">Overview</a></li>"))
    }

    @Test func `the device that asks comes first, then those seen last`() {
        let text = documents.sessions(SessionList(AccountSamples.sessions), for: AccountSamples.ada, in: site, now: Self.now)
        let found = ["This device", "Chrome on Android</bdi>", "Safari on an iPad", "curl</bdi>"].compactMap { text.firstRange(of: $0)?.lowerBound }
        #expect(found.count == 4)
        #expect(found == found.sorted())
        #expect(text.contains("A device is new since your last visit"))
        #expect(text.contains("Sign out all other devices"))
        let alone = documents.sessions(SessionList([AccountSamples.sessions[2]]), for: AccountSamples.ada, in: site, now: Self.now)
        #expect(alone.contains("No other device is signed in."))
        #expect(!alone.contains("Sign out all other devices"))
    }

    private static let ages: [(Double, String)] = [
        (-30, "just now"), (0, "just now"), (59, "just now"), (60, "1 minute ago"), (3_599, "59 minutes ago"), (3_600, "1 hour ago"),
        (7_199, "1 hour ago"), (86_399, "23 hours ago"), (86_400, "1 day ago"), (2_678_399, "30 days ago"), (2_678_400, "on 21 August 2026"),
        (-604_800, "in 7 days"), (-3_600, "in 1 hour"),
    ]

    @Test(arguments: ages)
    func `times are told as seen from now`(_ age: Double, _ words: String) {
        let entry = AccountSamples.session(1, .computer, "Firefox", lastSeen: Self.now - age)
        let text = documents.sessions(SessionList([entry]), for: AccountSamples.ada, in: site, now: Self.now)
        #expect(text.contains(">\(words)</time> · 203.0.113.7"))
    }

    @Test func `times are told exactly too`() {
        let entry = AccountSamples.session(1, .computer, "Firefox", lastSeen: Date(timeIntervalSince1970: 1_789_966_865))
        let text = documents.sessions(SessionList([entry]), for: AccountSamples.ada, in: site, now: Self.now)
        #expect(text.contains("<time datetime=\"2026-09-21T05:01:05Z\" data-local>21 September 2026, 05:01 UTC</time>"))
    }
}

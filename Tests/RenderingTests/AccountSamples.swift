import Foundation
import Rendering
import Site

/// Pages of accounts, filled with what people, browsers and strangers may have sent.
enum AccountSamples {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)
    static let ada = AccountViewer(name: "Ada Lovelace", email: "ada@example.org", isAdmin: true)
    static let ben = AccountViewer(name: "Ben", email: "ben@example.org", isAdmin: false)
    static let wrongPassword = "This is not your password."

    static func ago(minutes: Double = 0, hours: Double = 0, days: Double = 0) -> Date { now - minutes * 60 - hours * 3_600 - days * 86_400 }

    static func roles(_ selected: String) -> [Choice] {
        ["user": "User: looks after the own account", "author": "Author: also writes pages", "admin": "Administrator: also manages people"]
            .sorted { $0.key > $1.key }.map { Choice($0.key, $0.value, isSelected: $0.key == selected) }
    }

    static func session(
        _ id: Int, _ kind: SessionEntry.Kind, _ device: String, _ address: String? = "203.0.113.7", lastSeen: Date = ago(minutes: 3),
        signedIn: Date = ago(days: 4), isCurrent: Bool = false, isNew: Bool = false
    ) -> SessionEntry {
        SessionEntry(
            id: "00000000-0000-4000-8000-00000000000\(id)", kind: kind, device: device, address: address, signedInAt: signedIn,
            method: "with a password and a code", lastSeenAt: lastSeen, endsAt: signedIn + 60 * 86_400,
            userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", isCurrent: isCurrent, isNew: isNew)
    }

    static let sessions = [
        session(3, .tablet, "Safari on an iPad", "2001:db8:85a3:8d3:1319:8a2e:370:7348", lastSeen: ago(days: 9)),
        session(2, .phone, "Chrome on Android", "198.51.100.23", lastSeen: ago(hours: 2), signedIn: ago(hours: 3), isNew: true),
        session(1, .computer, "Firefox on Linux", lastSeen: now, isCurrent: true),
        session(4, .program, "curl", nil, lastSeen: ago(days: 40), signedIn: ago(days: 41)),
    ]

    /// Every kind of page by the name of its file.
    static func documents(_ documents: SiteDocuments, in site: SiteSnapshot) -> [String: String] {
        entry(documents, site).merging(account(documents, site)) { $1 }.merging(people(documents, site)) { $1 }
    }

    private static func entry(_ documents: SiteDocuments, _ site: SiteSnapshot) -> [String: String] {
        var signIn = SignInForm()
        signIn.next = "/account/sessions"
        signIn.notice = PageNotice(.information, "Please sign in to see this page.")
        signIn.isSignUpOpen = true
        var refused = SignInForm()
        refused.email = FormField("ada@example", error: "This is not an e-mail address.")
        refused.passwordError = "Type your password."
        refused.summary = "You are not signed in: the e-mail or the password is not right."
        let code = SignInCodeForm(token: "ticket", next: "/account")
        var wrongCode = code
        wrongCode.recoveryError = "This is not one of your recovery codes, or it was used."
        wrongCode.summary = "You are not signed in yet."
        var invited = SignUpForm(.invited)
        invited.email.value = "cleo@example.org"
        invited.isEmailFixed = true
        invited.token = "invitation"
        var refusedSignUp = SignUpForm(.open)
        refusedSignUp.name = FormField("", error: "Tell us your name.")
        refusedSignUp.email = FormField("cleo@example.org", error: "Somebody has an account with this address.")
        refusedSignUp.passwordError = "Use at least 8 characters."
        refusedSignUp.summary = "There is no account yet: please correct the fields below."
        return [
            "sign-in": documents.signIn(signIn, in: site),
            "sign-in-refused": documents.signIn(refused, in: site),
            "sign-in-code": documents.signInCode(code, in: site),
            "sign-in-code-refused": documents.signInCode(wrongCode, in: site),
            "sign-up-first": documents.signUp(SignUpForm(.firstAdministrator), in: site),
            "sign-up-invited": documents.signUp(invited, in: site),
            "sign-up-refused": documents.signUp(refusedSignUp, in: site),
            "reset": documents.passwordReset(PasswordResetForm(email: "ada@example.org", token: "reset"), in: site),
            "dead-link": documents.deadLink(in: site),
        ]
    }

    private static func account(_ documents: SiteDocuments, _ site: SiteSnapshot) -> [String: String] {
        var overview = AccountOverview(
            name: ada.name, email: ada.email, role: "Administrator", memberSince: ago(days: 300), passwordChangedAt: ago(days: 12),
            secondFactor: .on(recoveryCodesLeft: 7), sessions: 4)
        overview.notice = PageNotice(.done, "Your name is changed.")
        var refused = AccountOverview(name: ben.name, email: ben.email, role: "User", memberSince: ago(hours: 5), sessions: 1)
        refused.newEmail = FormField("ben@", error: "This is not an e-mail address.")
        refused.emailPasswordError = wrongPassword
        refused.currentPasswordError = wrongPassword
        refused.newPasswordError = "This is one of the passwords that are tried first; choose another one."
        refused.newName = FormField("", error: "Tell us your name.")
        refused.summary = "Nothing is changed yet: please correct the fields below."
        var deletion = DeletionForm()
        deletion.confirmation = FormField("ben@", error: "This is not the e-mail of your account.")
        deletion.passwordError = wrongPassword
        deletion.summary = "Your account is still there."
        var lastAdministrator = DeletionForm()
        lastAdministrator.obstacle = "You are the only administrator. Make somebody else one first, so that others can still be let in."
        let activity = ActivityPage(
            [
                ActivityPage.Entry(
                    at: ago(hours: 3), text: "You signed in with a password and a code.", device: "Chrome on Android", address: "198.51.100.23"),
                ActivityPage.Entry(
                    at: ago(hours: 4), text: "Somebody tried to sign in with a wrong password.", device: "Firefox on Windows",
                    address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", isRefused: true),
                ActivityPage.Entry(at: ago(days: 12), text: "You changed your password.", device: "Firefox on Linux", address: "203.0.113.7"),
                ActivityPage.Entry(at: ago(days: 300), text: "Your account was made."),
            ], older: "/account/activity?after=1", isOlderPage: true)
        let setup = TwoFactorPage.Setup(
            qrCode: qrCode, secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
            address: "otpauth://totp/OpenClaw:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=OpenClaw",
            codeError: "This code is not right, or its time is over.")
        var turnedOn = TwoFactorPage(.on(recoveryCodesLeft: 1))
        turnedOn.offPasswordError = wrongPassword
        turnedOn.summary = "Two-factor sign-in is still on."
        let codes = ["ABCDE-FGHIJ", "KLMNO-PQRST", "UVWXY-Z2345", "67ABC-DEFGH", "IJKLM-NOPQR", "STUVW-XYZ23", "4567A-BCDEF", "GHIJK-LMNOP"]
        return [
            "overview": documents.accountOverview(overview, for: ada, in: site, now: now),
            "overview-refused": documents.accountOverview(refused, for: ben, in: site, now: now),
            "delete": documents.accountDeletion(deletion, for: ben, in: site),
            "delete-last-administrator": documents.accountDeletion(lastAdministrator, for: ada, in: site),
            "sessions": documents.sessions(
                SessionList(sessions, notice: PageNotice(.done, "Safari on a Mac is signed out.")), for: ada, in: site, now: now),
            "sessions-alone": documents.sessions(SessionList([sessions[2]]), for: ben, in: site, now: now),
            "activity": documents.activity(activity, for: ben, in: site, now: now),
            "activity-empty": documents.activity(ActivityPage([]), for: ben, in: site, now: now),
            "two-factor-off": documents.twoFactor(TwoFactorPage(.off), for: ben, in: site),
            "two-factor-setup": documents.twoFactor(TwoFactorPage(.setup(setup)), for: ben, in: site),
            "two-factor-on": documents.twoFactor(turnedOn, for: ada, in: site),
            "recovery-codes": documents.recoveryCodes(codes, notice: PageNotice(.done, "Two-factor sign-in is on."), for: ada, in: site),
        ]
    }

    private static func people(_ documents: SiteDocuments, _ site: SiteSnapshot) -> [String: String] {
        let adaID = "00000000-0000-4000-8000-0000000000aa"
        let benID = "00000000-0000-4000-8000-0000000000bb"
        var people = PeoplePage(
            [
                PeoplePage.Person(id: adaID, name: ada.name, email: ada.email, role: "Administrator", lastSeenAt: now, isViewer: true),
                PeoplePage.Person(id: benID, name: ben.name, email: ben.email, role: "Author", state: .locked, lastSeenAt: ago(days: 3)),
                PeoplePage.Person(
                    id: "c", name: "Cleopatra Theodora Wilhelmina von Hohenzollern-Sigmaringen",
                    email: "cleopatra.theodora.wilhelmina@a-rather-long-department.example.org", role: "User", state: .waiting),
            ], invitationRoles: roles("user"))
        people.next = "/admin/people?after=cleo%40example.org"
        var nobody = PeoplePage([], invitationRoles: roles("author"))
        nobody.query = "zoë & co"
        nobody.isLaterPage = true
        nobody.invitationEmail = FormField("zoe", error: "This is not an e-mail address.")
        nobody.summary = "There is no invitation yet."
        var person = PersonPage(
            id: benID, name: ben.name, email: ben.email, role: "Author", roles: roles("author"), memberSince: ago(days: 90), hasPassword: true,
            hasSecondFactor: false)
        person.sessions = [sessions[1], sessions[0]]
        var locked = PersonPage(
            id: benID, name: ben.name, email: ben.email, role: "User", roles: roles("user"), memberSince: ago(days: 90), hasPassword: false,
            hasSecondFactor: true, lockedAt: ago(days: 1))
        locked.confirmation = FormField("no", error: "This is not the e-mail of the account.")
        locked.summary = "The account is still there."
        var own = PersonPage(
            id: adaID, name: ada.name, email: ada.email, role: "Administrator", roles: roles("admin"), memberSince: ago(days: 300),
            hasPassword: true, hasSecondFactor: true)
        own.isViewer = true
        own.sessions = [sessions[2]]
        var filter = AuditPage.Filter(
            actions: [Choice("", "Everything"), Choice("sign-in", "Signed in", isSelected: true), Choice("role-changed", "Role changed")],
            outcomes: [Choice("", "Done or refused", isSelected: true), Choice("done", "Done"), Choice("refused", "Refused")])
        filter.person = FormField("nobody@example.org", error: "There is no such account.")
        filter.isActive = true
        var audit = AuditPage(
            [
                AuditPage.Entry(
                    at: ago(minutes: 1), action: "Role changed", actor: AuditPage.Person(id: adaID, name: ada.email),
                    subject: AuditPage.Person(id: benID, name: ben.email), address: "203.0.113.7", device: "Firefox on Linux",
                    details: ["from: user", "to: author"], requestID: "8f14e45fceea167a5a36dedd4bea2543"),
                AuditPage.Entry(
                    at: ago(hours: 1), action: "Sign-in", isRefused: true, actor: AuditPage.Person(name: "A stranger"),
                    subject: AuditPage.Person(id: benID, name: ben.email), address: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
                    device: "Firefox on Windows", details: ["reason: password"]),
                AuditPage.Entry(at: ago(days: 40), action: "Account deleted", actor: AuditPage.Person(name: "A deleted account")),
            ], filter: filter)
        audit.older = "/admin/audit?action=sign-in&before=1"
        audit.newest = "/admin/audit?action=sign-in"
        let nothing = AuditPage([], filter: AuditPage.Filter(actions: [Choice("", "Everything")], outcomes: [Choice("", "Done or refused")]))
        let link = IssuedLink(
            .invitation(email: "cleo@example.org", role: "Author"), address: "https://agents.example/sign-up?token=5f4dcc3b5aa765d61d8327deb882cf99",
            expiresAt: now + 7 * 86_400)
        let reset = IssuedLink(
            .passwordReset(name: ben.name, id: benID), address: "https://agents.example/reset?token=5f4dcc3b5aa765d61d8327deb882cf99",
            expiresAt: now + 3_600)
        return [
            "people": documents.people(people, for: ada, in: site, now: now),
            "people-nobody": documents.people(nobody, for: ada, in: site, now: now),
            "person": documents.person(person, for: ada, in: site, now: now),
            "person-locked": documents.person(locked, for: ada, in: site, now: now),
            "person-own": documents.person(own, for: ada, in: site, now: now),
            "link-invitation": documents.issuedLink(link, for: ada, in: site, now: now),
            "link-reset": documents.issuedLink(reset, for: ada, in: site, now: now),
            "audit": documents.audit(audit, for: ada, in: site, now: now),
            "audit-empty": documents.audit(nothing, for: ada, in: site, now: now),
        ]
    }

    /// Not one that can be read; as large as one.
    private static let qrCode: String = {
        var path = ""
        for row in 0..<33 {
            for column in 0..<33 where (row * 7 + column * 5 + row * column) % 3 == 0 { path += "M\(column + 4) \(row + 4)h1v1h-1z" }
        }
        return "<svg viewBox=\"0 0 41 41\" width=\"246\" height=\"246\"><path d=\"\(path)\"/></svg>"
    }()
}

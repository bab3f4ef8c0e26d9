import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// What people and administrators do with accounts, on a real store.
@Suite struct AccountTests {
    // MARK: Passwords and links

    @Test func `a new password ends every other session and gives this one a new token`() async throws {
        try await AccountSite.run { site in
            let other = try await AccountSite.enter(site, "ada@example.org")
            let here = try await AccountSite.enter(site, "ada@example.org")
            let wrong = try await site.post("/account/password", "current=wrong wrong&password=another long secret", session: here)
            #expect(wrong.status == 422)
            let short = try await site.post("/account/password", "current=\(AccountSite.password)&password=short", session: here)
            #expect(short.status == 422 && short.body.contains("at least 8"))
            let common = try await site.post("/account/password", "current=\(AccountSite.password)&password=password1", session: here)
            #expect(common.status == 422 && common.body.contains("tried first"))
            let answer = try await site.post("/account/password", "current=\(AccountSite.password)&password=another long secret", session: here)
            let new = try #require(answer.session)
            #expect(try await site.get("/api/account", session: here).status == 401)
            #expect(try await site.get("/api/account", session: other).status == 401)
            #expect(try await site.get("/api/account", session: new).status == 200)
            #expect(try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)").status == 422)
        }
    }

    @Test func `a reset link works once, and ends every session`() async throws {
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
            let user = try await site.accounts.user(email: "ada@example.org")
            let link = try await site.accounts.makeResetLink(for: user.id, by: nil, .terminal).text
            // Looking, as mail scanners do, does not spend it; nor does a mistake.
            for _ in 0..<3 { #expect(try await site.get("/reset?token=\(link)").status == 200) }
            #expect(try await site.post("/reset", "token=\(link)&password=short").status == 422)
            #expect(
                try await site.post("/reset", "token=\(link)&password=another long secret").header("Location") == "/sign-in?notice=password-changed")
            #expect(try await site.post("/reset", "token=\(link)&password=one more long secret").status == 410)
            #expect(try await site.get("/reset?token=\(link)").status == 410)
            #expect(try await site.get("/api/account", session: session).status == 401)
            #expect(try await site.post("/sign-in", "email=ada@example.org&password=another long secret").session != nil)
        }
    }

    @Test func `the first administrator comes with a link, everybody else is invited`() async throws {
        try await AccountSite.run { site in
            #expect(try await site.get("/sign-up").status == 403)
            #expect(try await site.post("/sign-up", "name=Eve&email=eve@example.org&password=\(AccountSite.password)").status == 403)
            let first = try await site.accounts.makeFirstAdministratorLink().text
            let answer = try await site.post("/sign-up", "token=\(first)&name=Ada&email=ada@example.org&password=\(AccountSite.password)")
            let admin = try #require(answer.session)
            #expect(try await site.post("/sign-up", "token=\(first)&name=Eve&email=eve@example.org&password=\(AccountSite.password)").status == 410)
            await #expect(throws: AccountProblem.notAllowed) { try await site.accounts.makeFirstAdministratorLink() }
            let page = try await site.post("/admin/people/invitations", "email=bob@example.org&role=author", session: admin)
            let invitation = try #require(page.body.firstMatch(of: /sign-up\?token=([A-Za-z0-9_-]{43})/).map { String($0.output.1) })
            // Whoever got hold of it cannot put another address in.
            let bob = try await site.post("/sign-up", "token=\(invitation)&name=Bob&email=eve@example.org&password=\(AccountSite.password)")
            #expect(bob.session != nil)
            #expect(try await site.accounts.user(email: "bob@example.org").role == .author)
        }
    }

    @Test func `where sign-up is open, anybody makes an account of a user`() async throws {
        var settings = Accounts.Settings()
        settings.signUp = .open
        try await AccountSite.run(settings) { site in
            #expect(try await site.get("/sign-up").status == 200)
            #expect(try await site.post("/sign-up", "name=Eve&email=eve@example.org&password=\(AccountSite.password)").session != nil)
            #expect(try await site.accounts.user(email: "eve@example.org").role == .user)
            let taken = try await site.post("/sign-up", "name=Eve&email=EVE@example.org&password=\(AccountSite.password)")
            #expect(taken.status == 422 && taken.body.contains("There is an account with this address already."))
        }
    }

    // MARK: Roles

    @Test func `pages are for those who have the role, by default for nobody`() async throws {
        try await AccountSite.run { site in
            let user = try await AccountSite.enter(site, "ada@example.org")
            let admin = try await AccountSite.enter(site, "root@example.org", role: .admin)
            for path in ["/account", "/account/sessions", "/account/activity", "/account/two-factor", "/account/delete"] {
                #expect(try await site.get(path).header("Location") == "/sign-in?next=\(path)")
                let page = try await site.get(path, session: user)
                #expect(page.status == 200 && page.header("Cache-Control") == "private, no-store", "\(path)")
            }
            let person = try await site.accounts.user(email: "ada@example.org").id.uuidString.lowercased()
            for path in ["/admin/people", "/admin/people/\(person)", "/admin/audit"] {
                #expect(try await site.get(path).status == 303)
                #expect(try await site.get(path, session: user).status == 403)
                #expect(try await site.get(path, session: admin).status == 200)
            }
            for action in ["role", "lock", "unlock", "reset-link", "delete", "sessions/revoke", "sessions/revoke-all"] {
                #expect(try await site.post("/admin/people/\(person)/\(action)", "role=admin", session: user).status == 403)
            }
            for path in ["/api/account", "/api/account/sessions", "/api/account/activity"] { #expect(try await site.get(path).status == 401) }
        }
    }

    @Test func `who is locked is out at once, and told only with the password`() async throws {
        try await AccountSite.run { site in
            let user = try await AccountSite.enter(site, "ada@example.org")
            let admin = try await AccountSite.enter(site, "root@example.org", role: .admin)
            let id = try await site.accounts.user(email: "ada@example.org").id.uuidString.lowercased()
            #expect(try await site.post("/admin/people/\(id)/lock", "", session: admin).status == 303)
            #expect(try await site.get("/api/account", session: user).status == 401)
            let right = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)")
            let wrong = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
            #expect(right.status == 403 && right.body.contains("locked") && wrong.status == 422 && !wrong.body.contains("locked"))
            #expect(try await site.post("/admin/people/\(id)/unlock", "", session: admin).status == 303)
            #expect(try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)").session != nil)
        }
    }

    @Test func `the last administrator stays`() async throws {
        try await AccountSite.run { site in
            let admin = try await AccountSite.enter(site, "root@example.org", role: .admin)
            let answer = try await site.post("/account/delete", "confirmation=root@example.org&password=\(AccountSite.password)", session: admin)
            #expect(answer.status == 409 && answer.body.contains("last administrator"))
            #expect(try await site.get("/api/account", session: admin).status == 200)
        }
    }

    @Test func `of two administrators who put each other out at once, one stays`() async throws {
        try await AccountSite.run { site in
            for _ in 0..<5 {
                var ids: [UUID] = []
                for email in ["a@example.org", "b@example.org"] {
                    ids.append(try await site.accounts.create(email: email, name: "A", role: .admin, password: nil, by: nil, .terminal).id)
                }
                await withTaskGroup(of: Void.self) { group in
                    // One of the two may be refused.
                    for id in ids { group.addTask { _ = try? await site.accounts.setRole(.user, of: id, by: nil, .terminal) } }
                }
                let isNobodyLeft = try await site.accounts.needsFirstAdministrator()
                #expect(!isNobodyLeft)
                for id in ids { _ = try await site.accounts.stores.users.delete(id) }
            }
        }
    }

    @Test func `invitations end with the administrator who may have kept one, and the first link with the first administrator`() async throws {
        try await AccountSite.run { site in
            let first = try await site.accounts.makeFirstAdministratorLink().text
            _ = try await AccountSite.enter(site, "root@example.org", role: .admin)
            #expect(try await site.get("/sign-up?token=\(first)").status == 410)
            let other = try await site.accounts.create(email: "m@example.org", name: "M", role: .admin, password: nil, by: nil, .terminal)
            let kept = try await site.accounts.invite(nil, as: .admin, by: other.id, .terminal).text
            #expect(try await site.get("/sign-up?token=\(kept)").status == 200)
            _ = try await site.accounts.lock(other.id, by: nil, .terminal)
            #expect(try await site.post("/sign-up", "token=\(kept)&name=M&email=m2@example.org&password=\(AccountSite.password)").status == 410)
        }
    }

    @Test(arguments: ["locked", "user", "deleted"])
    func `a reset link ends with the power of the administrator who made it, and those of others stay`(_ end: String) async throws {
        try await AccountSite.run { site in
            _ = try await AccountSite.enter(site, "root@example.org", role: .admin)
            let ada = try await site.accounts.create(email: "ada@example.org", name: "A", role: .user, password: nil, by: nil, .terminal)
            let bob = try await site.accounts.create(email: "bob@example.org", name: "B", role: .user, password: nil, by: nil, .terminal)
            let mallory = try await site.accounts.create(email: "m@example.org", name: "M", role: .admin, password: nil, by: nil, .terminal)
            let kept = try await site.accounts.makeResetLink(for: ada.id, by: mallory.id, .terminal).text
            let other = try await site.accounts.makeResetLink(for: bob.id, by: nil, .terminal).text
            #expect(try await site.get("/reset?token=\(kept)").status == 200)
            switch end {
            case "locked": _ = try await site.accounts.lock(mallory.id, by: nil, .terminal)
            case "user": _ = try await site.accounts.setRole(.user, of: mallory.id, by: nil, .terminal)
            default: try await site.accounts.deleteAccount(mallory.id, by: nil, .terminal)
            }
            #expect(try await site.get("/reset?token=\(kept)").status == 410)
            #expect(try await site.post("/reset", "token=\(kept)&password=another long secret").status == 410)
            #expect(try await site.get("/reset?token=\(other)").status == 200)
            await #expect(throws: AccountProblem.notAllowed) { try await site.accounts.makeResetLink(for: ada.id, by: mallory.id, .terminal) }
        }
    }

    // MARK: Own data

    @Test func `everything about a person can be taken along, and goes when the account goes`() async throws {
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
            let export = try await site.post("/account/export", "", session: session)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(export.bytes)) as? [String: Any])
            #expect(Set(document.keys) == ["user", "sessions", "activity", "events"])
            #expect(!export.body.contains("argon2") && !export.body.contains(session))
            let wrong = try await site.post("/account/delete", "confirmation=ada@example.org&password=wrong wrong", session: session)
            #expect(wrong.status == 422)
            let deleted = try await site.post("/account/delete", "confirmation=ada@example.org&password=\(AccountSite.password)", session: session)
            #expect(deleted.header("Location") == "/sign-in?notice=deleted")
            #expect(try await site.get("/api/account", session: session).status == 401)
            await #expect(throws: AccountProblem.notFound) { try await site.accounts.user(email: "ada@example.org") }
            let trail = try await site.accounts.audit(AuditQuery(limit: 100))
            #expect(trail.contains { $0.action == .accountDeleted } && !trail.contains { "\($0)".contains("ada@") })
        }
    }
}

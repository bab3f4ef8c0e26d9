import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// Accounts as browsers and programs use them, on a real store.
@Suite struct AccountTests {
    private static let notes = ["index.md": "# Home", "a.md": "# A page"]
    static let password = "a long enough secret"

    /// Somebody with an account and a session.
    private static func enter(_ site: LoopbackSite, _ email: String, role: Role = .user, agent: String = "curl/8") async throws -> String {
        _ = try? await site.accounts.create(email: email, name: "Name of \(email)", role: role, password: password, by: nil, .terminal)
        let answer = try await site.post("/sign-in", "email=\(email)&password=\(password)", headers: ["User-Agent": agent])
        #expect(answer.status == 303)
        return try #require(answer.session)
    }

    private static func run(
        _ settings: Accounts.Settings = Accounts.Settings(), now: @escaping @Sendable () -> Date = { Date(timeIntervalSince1970: 1_790_000_000) },
        test: (LoopbackSite) async throws -> Void
    ) async throws {
        try await LoopbackSite.run(notes, accounts: settings, now: now, test: test)
    }

    // MARK: In

    @Test func `signing in gives a cookie that no other site and no script can use`() async throws {
        try await Self.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: Self.password, by: nil, .terminal)
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)&next=/a")
            #expect(answer.status == 303 && answer.header("Location") == "/a")
            let cookie = try #require(answer.header("Set-Cookie"))
            #expect(
                cookie.contains("; Path=/; ") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.hasSuffix("; Secure"))
            #expect(answer.session != nil)
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test func `a wrong password and an unknown address get the same answer`() async throws {
        try await Self.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: Self.password, by: nil, .terminal)
            let wrong = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
            let unknown = try await site.post("/sign-in", "email=bob@example.org&password=wrong wrong")
            #expect(wrong.status == 422 && unknown.status == 422 && wrong.session == nil && unknown.session == nil)
            #expect(wrong.body.replacing("ada@example.org", with: "X") == unknown.body.replacing("bob@example.org", with: "X"))
            #expect(!wrong.body.contains("wrong wrong") && wrong.body.contains("value=\"ada@example.org\""))
        }
    }

    @Test func `an id that the site did not give is never adopted`() async throws {
        try await Self.run { site in
            let forged = String(repeating: "A", count: 43)
            let page = try await site.get("/account", session: forged)
            #expect(page.status == 303 && page.header("Location") == "/sign-in?next=/account")
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)", session: forged)
            #expect(answer.session != forged)
        }
    }

    @Test func `signing in again gives another token, and the old one is dead`() async throws {
        try await Self.run { site in
            let first = try await Self.enter(site, "ada@example.org")
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)", session: first)
            let second = try #require(answer.session)
            #expect(second != first)
            #expect(try await site.get("/api/account", session: first).status == 401)
            #expect(try await site.get("/api/account", session: second).status == 200)
        }
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out", "javascript:alert(1)", "a"])
    func `a form leads to this site only`(_ next: String) async throws {
        try await Self.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: Self.password, by: nil, .terminal)
            let answer = try await site.post(
                "/sign-in", "email=ada@example.org&password=\(Self.password)&next=\(PercentEncoding.encodeQueryValue(next))")
            #expect(answer.header("Location") == "/account")
        }
    }

    @Test func `who guesses is slowed down, and told for how long`() async throws {
        try await Self.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: Self.password, by: nil, .terminal)
            var statuses: [Int] = []
            var last: HTTPExchange?
            for _ in 0..<7 {
                last = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
                statuses.append(last?.status ?? 0)
            }
            #expect(statuses == [422, 422, 422, 422, 422, 429, 429])
            #expect(last?.header("Retry-After") == "30")
            // Right or wrong is not said any more.
            let right = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)")
            #expect(right.status == 429 && right.session == nil)
            // Somebody else, from elsewhere, is not kept out by it.
            let elsewhere = try await site.post(
                "/sign-in", "email=ada@example.org&password=\(Self.password)", headers: ["X-Forwarded-For": "203.0.113.9"])
            #expect(elsewhere.session != nil)
        }
    }

    @Test func `a session ends when it is not used, and when its time is over`() async throws {
        let shared = SharedClock(Date(timeIntervalSince1970: 1_790_000_000))
        try await Self.run(now: { shared.now }) { site in
            let session = try await Self.enter(site, "ada@example.org")
            for _ in 0..<5 {
                shared.advance(13 * 86_400)
                let status = try await site.get("/api/account", session: session).status
                #expect(status == (shared.now < Date(timeIntervalSince1970: 1_790_000_000 + 60 * 86_400) ? 200 : 401))
            }
            let idle = try await Self.enter(site, "ada@example.org")
            shared.advance(14 * 86_400 + 1)
            #expect(try await site.get("/api/account", session: idle).status == 401)
        }
    }

    // MARK: Other sites

    @Test func `what another site sends with the session is refused`() async throws {
        try await Self.run { site in
            let session = try await Self.enter(site, "ada@example.org")
            let cookie = ["Cookie": "__Host-session=\(session)", "Content-Type": "application/x-www-form-urlencoded"]
            for fields in [
                ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Origin": "https://evil.example"], ["Origin": "null"], [:],
            ] {
                let answer = try await HTTPExchange.send(
                    "POST", "/account/name", port: site.port, headers: cookie.merging(fields) { $1 }, body: "name=Eve")
                #expect(answer.status == 403, "\(fields)")
            }
            let own = try await HTTPExchange.send(
                "POST", "/account/name", port: site.port, headers: cookie.merging(["Origin": "https://agents.example"]) { $1 }, body: "name=Ada L.")
            #expect(own.status == 303)
            #expect(try await site.get("/api/account", session: session).body.contains("\"name\":\"Ada L.\""))
        }
    }

    // MARK: Devices

    @Test func `a device that is signed out is out at its next request`() async throws {
        try await Self.run { site in
            let phone = try await Self.enter(
                site, "ada@example.org", agent: "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0")
            let here = try await Self.enter(site, "ada@example.org", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
            let page = try await site.get("/account/sessions", session: here)
            #expect(page.body.contains("Firefox on Linux") && page.body.contains("Firefox on Android") && page.body.contains("This device"))
            #expect(!page.body.contains(phone) && !page.body.contains(here))
            let list = try await site.get("/api/account/sessions", session: here).body
            let id = try #require(
                try JSONDecoder().decode(SessionList.self, from: Data(list.utf8)).sessions.first { !$0.current }?.id)
            let answer = try await site.post("/account/sessions/revoke", "id=\(id)", session: here)
            #expect(answer.status == 303 && answer.header("Location") == "/account/sessions?notice=signed-out")
            #expect(try await site.get("/api/account", session: phone).status == 401)
            #expect(try await site.get("/api/account", session: here).status == 200)
            let history = try await site.get("/account/activity", session: here).body
            #expect(history.contains("You signed a device out: Firefox on Android"))
        }
    }

    private struct SessionList: Decodable {
        struct Item: Decodable {
            let id: String
            let current: Bool
        }
        let sessions: [Item]
    }

    @Test func `nobody ends another person's session`() async throws {
        try await Self.run { site in
            let ada = try await Self.enter(site, "ada@example.org")
            let eve = try await Self.enter(site, "eve@example.org")
            let list = try await site.get("/api/account/sessions", session: ada).body
            let id = try #require(try JSONDecoder().decode(SessionList.self, from: Data(list.utf8)).sessions.first?.id)
            let answer = try await HTTPExchange.send(
                "DELETE", "/api/account/sessions/\(id)", port: site.port,
                headers: ["Cookie": "__Host-session=\(eve)", "Sec-Fetch-Site": "same-origin"])
            #expect(answer.status == 404)
            #expect(try await site.get("/api/account", session: ada).status == 200)
        }
    }

    @Test func `a stream of a session ends with it`() async throws {
        try await Self.run { site in
            let session = try await Self.enter(site, "ada@example.org")
            let token = try #require(SessionToken(session))
            let visitor = try #require(try await site.accounts.visitor(token, address: nil))
            let ending = site.accounts.endings.ending(of: visitor.session.id)
            async let ended: Void = { for await _ in ending {} }()
            #expect(try await site.post("/account/sessions/revoke-all", "", session: session).status == 303)
            await ended
            #expect(site.accounts.endings.watched.isEmpty)
        }
    }

    // MARK: Programs

    @Test func `programs sign in, look and sign out with JSON`() async throws {
        try await Self.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .author, password: Self.password, by: nil, .terminal)
            let body = #"{"email":"ada@example.org","password":"\#(Self.password)"}"#
            let answer = try await HTTPExchange.send(
                "POST", "/api/account/sign-in", port: site.port, headers: ["Content-Type": "application/json"], body: body)
            #expect(answer.status == 200 && answer.body.contains("\"role\":\"author\""))
            let session = try #require(answer.session)
            let other = try await HTTPExchange.send(
                "POST", "/api/account/sign-in", port: site.port, headers: ["Content-Type": "application/json"], body: body)
            let headers = ["Cookie": "__Host-session=\(session)", "Origin": "https://agents.example"]
            let ended = try await HTTPExchange.send("DELETE", "/api/account/sessions?except=current", port: site.port, headers: headers)
            #expect(ended.status == 200 && ended.body == "{\"ended\":1}\n")
            let otherSession = try #require(other.session)
            #expect(try await site.get("/api/account", session: otherSession).status == 401)
            #expect(try await site.get("/api/account/activity", session: session).body.contains("\"action\":\"sign-in\""))
            let out = try await HTTPExchange.send("POST", "/api/account/sign-out", port: site.port, headers: headers)
            #expect(out.status == 204 && out.header("Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(try await site.get("/api/account", session: session).status == 401)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"email":"ada@example.org"}"#, #"{"email":1,"password":2}"#])
    func `JSON that is none is refused with what is wrong`(_ body: String) async throws {
        try await Self.run { site in
            let answer = try await HTTPExchange.send(
                "POST", "/api/account/sign-in", port: site.port,
                headers: ["Content-Type": "application/json", "Content-Length": "\(body.utf8.count)"],
                body: body.isEmpty ? "" : body)
            #expect(answer.status == 400)
            #expect(answer.header("Content-Type") == "application/problem+json" || body.isEmpty)
        }
    }

    @Test func `nginx learns who is let in`() async throws {
        try await Self.run { site in
            let author = try await Self.enter(site, "ada@example.org", role: .author)
            #expect(try await site.get("/api/auth/verify").status == 401)
            let answer = try await site.get("/api/auth/verify", session: author)
            #expect(answer.status == 204 && answer.header("X-Auth-Roles") == "user,author" && answer.header("X-Auth-Email") == "ada@example.org")
            #expect(try await site.get("/api/auth/verify?role=author", session: author).status == 204)
            #expect(try await site.get("/api/auth/verify?role=admin", session: author).status == 403)
            #expect(try await site.get("/api/auth/verify?role=king", session: author).status == 400)
        }
    }

    @Test func `the description of the API is JSON, and every address in it answers`() async throws {
        try await Self.run { site in
            let text = try await site.get("/api/openapi.json").body
            let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            #expect(paths.count == 7)
            for (path, methods) in paths {
                for method in methods.keys {
                    let target = path.replacing("{id}", with: UUID().uuidString)
                    let answer = try await HTTPExchange.send(method.uppercased(), target, port: site.port, headers: ["Content-Length": "0"])
                    #expect([400, 401].contains(answer.status), "\(method) \(path): \(answer.status)")
                }
            }
        }
    }

    // MARK: Second factor

    @Test func `with a second factor a code follows the password, and no code is good twice`() async throws {
        let clock = SharedClock(Date(timeIntervalSince1970: 1_790_000_000))
        try await Self.run(now: { clock.now }) { site in
            let session = try await Self.enter(site, "ada@example.org")
            #expect(try await site.post("/account/two-factor/begin", "", session: session).status == 303)
            func secret() async throws -> [UInt8] {
                try #require(try await site.accounts.user(email: "ada@example.org").secondFactor?.secret)
            }
            func code() async throws -> String {
                site.codes.code(try await secret(), step: TimeBasedCode.step(at: clock.now))
            }
            // A stolen session is not enough.
            let refused = try await site.post("/account/two-factor", "code=\(try await code())&password=wrong wrong", session: session)
            #expect(refused.status == 422)
            let on = try await site.post("/account/two-factor", "code=\(try await code())&password=\(Self.password)", session: session)
            let recovery = on.body.matches(of: /[A-Z2-7]{5}-[A-Z2-7]{5}/).map { String($0.output) }
            #expect(on.status == 200 && Set(recovery).count == 10)

            func ticket() async throws -> String {
                let page = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)")
                #expect(page.status == 200 && page.session == nil)
                return try #require(page.body.firstMatch(of: /name="token" value="([^"]{43})"/).map { String($0.output.1) })
            }
            // The code that turned it on.
            let replayed = try await site.post("/sign-in/code", "token=\(try await ticket())&code=\(try await code())")
            #expect(replayed.status == 422 && replayed.session == nil)
            clock.advance(60)
            let entered = try await site.post("/sign-in/code", "token=\(try await ticket())&code=\(try await code())")
            #expect(entered.status == 303 && entered.session != nil)
            let again = try await site.post("/sign-in/code", "token=\(try await ticket())&code=\(try await code())")
            #expect(again.session == nil)
            clock.advance(600)
            let lost = try await site.post("/sign-in/code", "token=\(try await ticket())&recovery=\(recovery[0].lowercased())")
            #expect(lost.session != nil)
            let lostAgain = try await site.post("/sign-in/code", "token=\(try await ticket())&recovery=\(recovery[0])")
            #expect(lostAgain.session == nil)
            #expect(try await site.post("/sign-in/code", "token=\(String(repeating: "A", count: 43))&code=000000").status == 410)
        }
    }

    // MARK: Passwords and links

    @Test func `a new password ends every other session and gives this one a new token`() async throws {
        try await Self.run { site in
            let other = try await Self.enter(site, "ada@example.org")
            let here = try await Self.enter(site, "ada@example.org")
            let wrong = try await site.post("/account/password", "current=wrong wrong&password=another long secret", session: here)
            #expect(wrong.status == 422)
            let short = try await site.post("/account/password", "current=\(Self.password)&password=short", session: here)
            #expect(short.status == 422 && short.body.contains("at least 8"))
            let common = try await site.post("/account/password", "current=\(Self.password)&password=password1", session: here)
            #expect(common.status == 422 && common.body.contains("tried first"))
            let answer = try await site.post("/account/password", "current=\(Self.password)&password=another long secret", session: here)
            let new = try #require(answer.session)
            #expect(try await site.get("/api/account", session: here).status == 401)
            #expect(try await site.get("/api/account", session: other).status == 401)
            #expect(try await site.get("/api/account", session: new).status == 200)
            #expect(try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)").status == 422)
        }
    }

    @Test func `a reset link works once, and ends every session`() async throws {
        try await Self.run { site in
            let session = try await Self.enter(site, "ada@example.org")
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
        try await Self.run { site in
            #expect(try await site.get("/sign-up").status == 403)
            #expect(try await site.post("/sign-up", "name=Eve&email=eve@example.org&password=\(Self.password)").status == 403)
            let first = try await site.accounts.makeFirstAdministratorLink().text
            let answer = try await site.post("/sign-up", "token=\(first)&name=Ada&email=ada@example.org&password=\(Self.password)")
            let admin = try #require(answer.session)
            #expect(try await site.post("/sign-up", "token=\(first)&name=Eve&email=eve@example.org&password=\(Self.password)").status == 410)
            await #expect(throws: AccountProblem.notAllowed) { try await site.accounts.makeFirstAdministratorLink() }
            let page = try await site.post("/admin/people/invitations", "email=bob@example.org&role=author", session: admin)
            let invitation = try #require(page.body.firstMatch(of: /sign-up\?token=([A-Za-z0-9_-]{43})/).map { String($0.output.1) })
            // Whoever got hold of it cannot put another address in.
            let bob = try await site.post("/sign-up", "token=\(invitation)&name=Bob&email=eve@example.org&password=\(Self.password)")
            #expect(bob.session != nil)
            #expect(try await site.accounts.user(email: "bob@example.org").role == .author)
        }
    }

    @Test func `where sign-up is open, anybody makes an account of a user`() async throws {
        var settings = Accounts.Settings()
        settings.signUp = .open
        try await Self.run(settings) { site in
            #expect(try await site.get("/sign-up").status == 200)
            #expect(try await site.post("/sign-up", "name=Eve&email=eve@example.org&password=\(Self.password)").session != nil)
            #expect(try await site.accounts.user(email: "eve@example.org").role == .user)
            let taken = try await site.post("/sign-up", "name=Eve&email=EVE@example.org&password=\(Self.password)")
            #expect(taken.status == 422 && taken.body.contains("There is an account with this address already."))
        }
    }

    // MARK: Roles

    @Test func `pages are for those who have the role, by default for nobody`() async throws {
        try await Self.run { site in
            let user = try await Self.enter(site, "ada@example.org")
            let admin = try await Self.enter(site, "root@example.org", role: .admin)
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
        try await Self.run { site in
            let user = try await Self.enter(site, "ada@example.org")
            let admin = try await Self.enter(site, "root@example.org", role: .admin)
            let id = try await site.accounts.user(email: "ada@example.org").id.uuidString.lowercased()
            #expect(try await site.post("/admin/people/\(id)/lock", "", session: admin).status == 303)
            #expect(try await site.get("/api/account", session: user).status == 401)
            let right = try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)")
            let wrong = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
            #expect(right.status == 403 && right.body.contains("locked") && wrong.status == 422 && !wrong.body.contains("locked"))
            #expect(try await site.post("/admin/people/\(id)/unlock", "", session: admin).status == 303)
            #expect(try await site.post("/sign-in", "email=ada@example.org&password=\(Self.password)").session != nil)
        }
    }

    @Test func `the last administrator stays`() async throws {
        try await Self.run { site in
            let admin = try await Self.enter(site, "root@example.org", role: .admin)
            let answer = try await site.post("/account/delete", "confirmation=root@example.org&password=\(Self.password)", session: admin)
            #expect(answer.status == 409 && answer.body.contains("last administrator"))
            #expect(try await site.get("/api/account", session: admin).status == 200)
        }
    }

    @Test func `of two administrators who put each other out at once, one stays`() async throws {
        try await Self.run { site in
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
        try await Self.run { site in
            let first = try await site.accounts.makeFirstAdministratorLink().text
            _ = try await Self.enter(site, "root@example.org", role: .admin)
            #expect(try await site.get("/sign-up?token=\(first)").status == 410)
            let other = try await site.accounts.create(email: "m@example.org", name: "M", role: .admin, password: nil, by: nil, .terminal)
            let kept = try await site.accounts.invite(nil, as: .admin, by: other.id, .terminal).text
            #expect(try await site.get("/sign-up?token=\(kept)").status == 200)
            _ = try await site.accounts.lock(other.id, by: nil, .terminal)
            #expect(try await site.post("/sign-up", "token=\(kept)&name=M&email=m2@example.org&password=\(Self.password)").status == 410)
        }
    }

    // MARK: Own data

    @Test func `everything about a person can be taken along, and goes when the account goes`() async throws {
        try await Self.run { site in
            let session = try await Self.enter(site, "ada@example.org")
            let export = try await site.post("/account/export", "", session: session)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(export.bytes)) as? [String: Any])
            #expect(Set(document.keys) == ["user", "sessions", "activity", "events"])
            #expect(!export.body.contains("argon2") && !export.body.contains(session))
            let wrong = try await site.post("/account/delete", "confirmation=ada@example.org&password=wrong wrong", session: session)
            #expect(wrong.status == 422)
            let deleted = try await site.post("/account/delete", "confirmation=ada@example.org&password=\(Self.password)", session: session)
            #expect(deleted.header("Location") == "/sign-in?notice=deleted")
            #expect(try await site.get("/api/account", session: session).status == 401)
            await #expect(throws: AccountProblem.notFound) { try await site.accounts.user(email: "ada@example.org") }
            let trail = try await site.accounts.audit(AuditQuery(limit: 100))
            #expect(trail.contains { $0.action == .accountDeleted } && !trail.contains { "\($0)".contains("ada@") })
        }
    }

    // MARK: Cached pages

    @Test func `a page shows who is signed in, and nobody else sees that`() async throws {
        try await Self.run { site in
            let anonymous = try await site.get("/a")
            let session = try await Self.enter(site, "ada@example.org")
            let own = try await site.get("/a", session: session)
            #expect(own.status == 200 && own.body.contains("Name of ada@example.org") && !own.body.contains("href=\"/sign-in\""))
            #expect(own.header("Cache-Control") == "private, no-store" && own.header("ETag") == nil)
            let after = try await site.get("/a")
            #expect(after.body == anonymous.body && after.header("ETag") == anonymous.header("ETag"))
            let error = try await site.get("/nowhere", session: session)
            #expect(error.status == 404 && error.body.contains("Name of ada@example.org"))
            // A session that has ended is nobody's.
            _ = try await site.post("/sign-out", "", session: session)
            let ended = try await site.get("/a", session: session)
            #expect(ended.body == anonymous.body && ended.header("Cache-Control") == "no-store")
        }
    }

    @Test func `pages of many people at once are never mixed up`() async throws {
        try await Self.run { site in
            var sessions: [String] = []
            for number in 0..<12 {
                _ = try await site.accounts.create(
                    email: "p\(number)@example.org", name: "Person<\(number)>", role: .user, password: Self.password, by: nil, .terminal)
                let answer = try await site.post(
                    "/sign-in", "email=p\(number)@example.org&password=\(Self.password)", headers: ["X-Forwarded-For": "203.0.113.\(number)"])
                sessions.append(try #require(answer.session))
            }
            let anonymous = try await site.get("/a").body
            var expected: [String] = []
            for session in sessions { expected.append(try await site.get("/a", session: session).body) }
            for (number, body) in expected.enumerated() {
                #expect(body.contains("Person&lt;\(number)&gt;"))
                // But for the place of the menu, it is the page that everybody gets.
                #expect(Self.withoutMenu(body) == Self.withoutMenu(anonymous))
            }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for round in 0..<300 {
                    group.addTask { [expected, sessions] in
                        let number = round % (sessions.count + 1)
                        guard number < sessions.count else { return try await site.get("/a").body == anonymous }
                        return try await site.get("/a", session: sessions[number]).body == expected[number]
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    private static func withoutMenu(_ page: String) -> String {
        guard let start = page.firstRange(of: "<!--account-->"), let end = page.firstRange(of: "<!--/account-->") else { return "no marks" }
        return String(page[..<start.upperBound] + page[end.lowerBound...])
    }
}

/// A clock that a test moves.
final class SharedClock: Sendable {
    private let time: Mutex<Date>

    init(_ time: Date) { self.time = Mutex(time) }

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// The ways in, and what keeps others out.
@Suite struct SignInTests {
    // MARK: In

    @Test func `signing in gives a cookie that no other site and no script can use`() async throws {
        try await AccountSite.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: AccountSite.password, by: nil, .terminal)
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)&next=/a")
            #expect(answer.status == 303 && answer.header("Location") == "/a")
            let cookie = try #require(answer.header("Set-Cookie"))
            #expect(
                cookie.contains("; Path=/; ") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.hasSuffix("; Secure"))
            #expect(answer.session != nil)
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test func `a wrong password and an unknown address get the same answer`() async throws {
        try await AccountSite.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: AccountSite.password, by: nil, .terminal)
            let wrong = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
            let unknown = try await site.post("/sign-in", "email=bob@example.org&password=wrong wrong")
            #expect(wrong.status == 422 && unknown.status == 422 && wrong.session == nil && unknown.session == nil)
            #expect(wrong.body.replacing("ada@example.org", with: "X") == unknown.body.replacing("bob@example.org", with: "X"))
            #expect(!wrong.body.contains("wrong wrong") && wrong.body.contains("value=\"ada@example.org\""))
        }
    }

    @Test func `an id that the site did not give is never adopted`() async throws {
        try await AccountSite.run { site in
            let forged = String(repeating: "A", count: 43)
            let page = try await site.get("/account", session: forged)
            #expect(page.status == 303 && page.header("Location") == "/sign-in?next=/account")
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)", session: forged)
            #expect(answer.session != forged)
        }
    }

    @Test func `signing in again gives another token, and the old one is dead`() async throws {
        try await AccountSite.run { site in
            let first = try await AccountSite.enter(site, "ada@example.org")
            let answer = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)", session: first)
            let second = try #require(answer.session)
            #expect(second != first)
            #expect(try await site.get("/api/account", session: first).status == 401)
            #expect(try await site.get("/api/account", session: second).status == 200)
        }
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out", "javascript:alert(1)", "a"])
    func `a form leads to this site only`(_ next: String) async throws {
        try await AccountSite.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: AccountSite.password, by: nil, .terminal)
            let answer = try await site.post(
                "/sign-in", "email=ada@example.org&password=\(AccountSite.password)&next=\(PercentEncoding.encodeQueryValue(next))")
            #expect(answer.header("Location") == "/account")
        }
    }

    @Test func `who guesses is slowed down, and told for how long`() async throws {
        try await AccountSite.run { site in
            _ = try await site.accounts.create(email: "ada@example.org", name: "Ada", role: .user, password: AccountSite.password, by: nil, .terminal)
            var statuses: [Int] = []
            var last: HTTPExchange?
            for _ in 0..<7 {
                last = try await site.post("/sign-in", "email=ada@example.org&password=wrong wrong")
                statuses.append(last?.status ?? 0)
            }
            #expect(statuses == [422, 422, 422, 422, 422, 429, 429])
            #expect(last?.header("Retry-After") == "30")
            // Right or wrong is not said any more.
            let right = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)")
            #expect(right.status == 429 && right.session == nil)
            // Somebody else, from elsewhere, is not kept out by it.
            let elsewhere = try await site.post(
                "/sign-in", "email=ada@example.org&password=\(AccountSite.password)", headers: ["X-Forwarded-For": "203.0.113.9"])
            #expect(elsewhere.session != nil)
        }
    }

    @Test func `a session ends when it is not used, and when its time is over`() async throws {
        let shared = SharedClock(Date(timeIntervalSince1970: 1_790_000_000))
        try await AccountSite.run(now: { shared.now }) { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
            for _ in 0..<5 {
                shared.advance(13 * 86_400)
                let status = try await site.get("/api/account", session: session).status
                #expect(status == (shared.now < Date(timeIntervalSince1970: 1_790_000_000 + 60 * 86_400) ? 200 : 401))
            }
            let idle = try await AccountSite.enter(site, "ada@example.org")
            shared.advance(14 * 86_400 + 1)
            #expect(try await site.get("/api/account", session: idle).status == 401)
        }
    }

    // MARK: Other sites

    @Test func `what another site sends with the session is refused`() async throws {
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
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

    // MARK: Second factor

    @Test func `with a second factor a code follows the password, and no code is good twice`() async throws {
        let clock = SharedClock(Date(timeIntervalSince1970: 1_790_000_000))
        try await AccountSite.run(now: { clock.now }) { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
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
            let on = try await site.post("/account/two-factor", "code=\(try await code())&password=\(AccountSite.password)", session: session)
            let recovery = on.body.matches(of: /[A-Z2-7]{5}-[A-Z2-7]{5}/).map { String($0.output) }
            #expect(on.status == 200 && Set(recovery).count == 10)

            func ticket() async throws -> String {
                let page = try await site.post("/sign-in", "email=ada@example.org&password=\(AccountSite.password)")
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
}

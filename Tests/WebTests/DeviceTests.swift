import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// Devices that are signed in, on pages and in the API.
@Suite struct DeviceTests {
    // MARK: Devices

    @Test func `a device that is signed out is out at its next request`() async throws {
        try await AccountSite.run { site in
            let phone = try await AccountSite.enter(
                site, "ada@example.org", agent: "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0")
            let here = try await AccountSite.enter(
                site, "ada@example.org", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
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
        try await AccountSite.run { site in
            let ada = try await AccountSite.enter(site, "ada@example.org")
            let eve = try await AccountSite.enter(site, "eve@example.org")
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
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
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
        try await AccountSite.run { site in
            _ = try await site.accounts.create(
                email: "ada@example.org", name: "Ada", role: .author, password: AccountSite.password, by: nil, .terminal)
            let body = #"{"email":"ada@example.org","password":"\#(AccountSite.password)"}"#
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
        try await AccountSite.run { site in
            let answer = try await HTTPExchange.send(
                "POST", "/api/account/sign-in", port: site.port,
                headers: ["Content-Type": "application/json", "Content-Length": "\(body.utf8.count)"],
                body: body.isEmpty ? "" : body)
            #expect(answer.status == 400)
            #expect(answer.header("Content-Type") == "application/problem+json" || body.isEmpty)
        }
    }

    @Test func `nginx learns who is let in`() async throws {
        try await AccountSite.run { site in
            let author = try await AccountSite.enter(site, "ada@example.org", role: .author)
            #expect(try await site.get("/api/auth/verify").status == 401)
            let answer = try await site.get("/api/auth/verify", session: author)
            #expect(answer.status == 204 && answer.header("X-Auth-Roles") == "user,author" && answer.header("X-Auth-Email") == "ada@example.org")
            #expect(try await site.get("/api/auth/verify?role=author", session: author).status == 204)
            #expect(try await site.get("/api/auth/verify?role=admin", session: author).status == 403)
            #expect(try await site.get("/api/auth/verify?role=king", session: author).status == 400)
        }
    }

    @Test func `the description of the API is JSON, and every address in it answers`() async throws {
        try await AccountSite.run { site in
            let text = try await site.get("/api/openapi.json").body
            let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            // The calls of the gateway are tried where there is one.
            let own = paths.filter { !$0.key.hasPrefix("/api/gateway/") }
            #expect(own.count == 7 && paths.count == 16)
            for (path, methods) in own {
                for method in methods.keys {
                    let target = path.replacing("{id}", with: UUID().uuidString)
                    let answer = try await HTTPExchange.send(method.uppercased(), target, port: site.port, headers: ["Content-Length": "0"])
                    #expect([400, 401].contains(answer.status), "\(method) \(path): \(answer.status)")
                }
            }
        }
    }
}

import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// Cached pages with somebody's name on them.
@Suite struct PersonalPageTests {
    @Test func `a page shows who is signed in, and nobody else sees that`() async throws {
        try await AccountSite.run { site in
            let anonymous = try await site.get("/a")
            let session = try await AccountSite.enter(site, "ada@example.org")
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
        try await AccountSite.run { site in
            var sessions: [String] = []
            for number in 0..<12 {
                _ = try await site.accounts.create(
                    email: "p\(number)@example.org", name: "Person<\(number)>", role: .user, password: AccountSite.password, by: nil, .terminal)
                let answer = try await site.post(
                    "/sign-in", "email=p\(number)@example.org&password=\(AccountSite.password)", headers: ["X-Forwarded-For": "203.0.113.\(number)"])
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

    @Test func `a page that is ready for somebody is the same as the one that was made, in every form`() async throws {
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
            let other = try await AccountSite.enter(site, "bob@example.org")
            let plain = try await site.get("/a", session: session)
            for _ in 0..<3 {
                let again = try await site.get("/a", session: session)
                #expect(again.body == plain.body && again.header("Cache-Control") == "private, no-store" && again.header("ETag") == nil)
                #expect(again.header("Content-Security-Policy") == plain.header("Content-Security-Policy"))
                #expect(again.header("Vary") == "Accept, Accept-Encoding" && plain.header("Vary") == "Accept, Accept-Encoding")
                let packed = try await site.get("/a", headers: ["Cookie": "__Host-session=\(session)", "Accept-Encoding": "br, gzip"])
                #expect(packed.header("Content-Encoding") == "gzip" && packed.header("ETag") == nil)
                #expect(try unpacked(packed.bytes) == plain.bytes)
                let others = try await site.get("/a", headers: ["Cookie": "__Host-session=\(other)", "Accept-Encoding": "gzip"])
                #expect(try unpacked(others.bytes) == Array(plain.body.replacing("ada@", with: "bob@").utf8))
            }
            let head = try await HTTPExchange.send("HEAD", "/a", port: site.port, headers: ["Cookie": "__Host-session=\(session)"])
            #expect(head.status == 200 && head.bytes.isEmpty && head.header("Content-Length") == "\(plain.bytes.count)")
        }
    }

    @Test func `whoever is out or another one is that at the next request`() async throws {
        try await AccountSite.run { site in
            let session = try await AccountSite.enter(site, "ada@example.org")
            let anonymous = try await site.get("/a")
            func own() async throws -> HTTPExchange {
                // The second time, it is ready.
                _ = try await site.get("/a", session: session)
                return try await site.get("/a", session: session)
            }
            #expect(try await own().body.contains("Name of ada@example.org"))
            let user = try await site.accounts.user(email: "ada@example.org")
            let renamed = try await site.post("/account/name", "name=Countess", session: session)
            #expect(renamed.status == 303)
            #expect(try await site.get("/a", session: session).body.contains("Countess"))
            #expect(try await own().body.contains("Countess"))
            _ = try await site.accounts.revokeAll(of: user.id, by: nil, .terminal)
            let ended = try await site.get("/a", session: session)
            #expect(ended.body == anonymous.body && ended.header("Cache-Control") == "no-store")
        }
    }

    /// Of gzip; what is behind its first member is missing.
    private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sys, zlib; sys.stdout.buffer.write(zlib.decompressobj(31).decompress(sys.stdin.buffer.read()))",
        ]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(bytes))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(output)
    }

    private static func withoutMenu(_ page: String) -> String {
        guard let start = page.firstRange(of: "<!--account-->"), let end = page.firstRange(of: "<!--/account-->") else { return "no marks" }
        return String(page[..<start.upperBound] + page[end.lowerBound...])
    }
}

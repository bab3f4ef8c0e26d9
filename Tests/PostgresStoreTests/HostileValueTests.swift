import Foundation
import Identity
import Site
import Testing

@testable import PostgresStore

extension PostgresTests {
    @Suite struct HostileValueTests {
        private static let now = Date(timeIntervalSince1970: 1_790_000_000.125)

        @Test(arguments: [
            "'; DROP TABLE app.users; --", "\\'; DROP TABLE app.users; --", "$1", "$$; DROP TABLE app.users; $$", "%s%n", "\"", "''", "\\",
            "E'\\000'",
            "{NULL}", "NULL", "a\u{202E}b", String(repeating: "'\\\"", count: 33),
        ])
        func `a name is a name, whatever it looks like`(_ name: String) async throws {
            try await PostgresTests.run { database in
                let users = PostgresUserStore(database)
                let user = try User(id: UUID(), email: #require(EmailAddress("o'neil--@example.org")), name: name, role: .user, createdAt: Self.now)
                try await users.add(user)
                #expect(try await users.user(user.id) == user)
                #expect(try await users.user(email: user.email) == user)
                #expect(try await users.users(matching: name, after: nil, limit: 10) == [user])
            }
        }

        @Test func `texts with NUL are kept without it`() async throws {
            try await PostgresTests.run { database in
                let users = PostgresUserStore(database)
                let user = try User(
                    id: UUID(), email: #require(EmailAddress("ann@example.org")), name: "An\0n\0\u{301}", role: .user, createdAt: Self.now)
                try await users.add(user)
                #expect(try await users.user(user.id)?.name == "Ann\u{301}")
                #expect(try await users.users(matching: "A\0n", after: nil, limit: 10).count == 1)
                let session = Session(
                    id: UUID(), userID: user.id, tokenHash: [0, 1], createdAt: Self.now, lastSeenAt: Self.now, expiresAt: Self.now, method: .link,
                    address: "\0", userAgent: "Browser\0/1")
                let sessions = PostgresSessionStore(database)
                try await sessions.add(session)
                #expect(try await sessions.session(tokenHash: [0, 1])?.userAgent == "Browser/1")
                try await sessions.touch(session.id, at: Self.now, address: "1\0")
                #expect(try await sessions.session(tokenHash: [0, 1])?.address == "1")
                let log = PostgresAuditLog(database)
                try await log.append(
                    AuditEvent(
                        id: UUID(), at: Self.now, action: .signIn, userAgent: "\0", requestID: "a\0", details: ["a\0": "b\0\u{301}c", "d": "\0"]))
                let event = try await log.events(AuditQuery()).first
                #expect(event?.details == ["a": "b\u{301}c", "d": ""] && event?.requestID == "a" && event?.userAgent == "")
                let events = PostgresEventLog(database)
                try await events.append(StackEvent(id: UUID(), at: Self.now, source: "a\0", kind: "b", text: "\0"))
                #expect(try await events.recent(of: nil, limit: 1).first?.source == "a")
            }
        }

        @Test func `a session or link of nobody is refused as one of an account that is gone`() async throws {
            try await PostgresTests.run { database in
                let session = Session(
                    id: UUID(), userID: UUID(), tokenHash: [1], createdAt: Self.now, lastSeenAt: Self.now, expiresAt: Self.now, method: .link,
                    address: nil, userAgent: "")
                await #expect(throws: UserConflict.gone) { try await PostgresSessionStore(database).add(session) }
                let link = OneTimeLink(tokenHash: [1], purpose: .passwordReset, userID: UUID(), createdAt: Self.now, expiresAt: Self.now)
                await #expect(throws: UserConflict.gone) { try await PostgresOneTimeLinkStore(database).add(link) }
            }
        }

        @Test func `what was told about a person goes with the account`() async throws {
            try await PostgresTests.run { database in
                let users = PostgresUserStore(database)
                let events = PostgresEventLog(database)
                let user = try User(id: UUID(), email: #require(EmailAddress("ann@example.org")), name: "Ann", role: .user, createdAt: Self.now)
                try await users.add(user)
                for userID in [user.id, nil] {
                    try await events.append(StackEvent(id: UUID(), at: Self.now, source: "landing", kind: "new-device", text: "x", userID: userID))
                }
                #expect(try await users.delete(user.id))
                #expect(try await events.recent(of: nil, limit: 10).map(\.userID) == [nil])
            }
        }

        @Test func `more rows than one statement removes are removed`() async throws {
            try await PostgresTests.run { database in
                try await database.prepare()
                _ = try await database.query(
                    """
                    INSERT INTO app.events SELECT gen_random_uuid(), to_timestamp(n), 'landing', 'test', 'x', NULL
                    FROM generate_series(1, 12000) AS n
                    """)
                #expect(try await PostgresEventLog(database).remove(before: Date(timeIntervalSince1970: 11_990)) == 11_989)
                #expect(try await PostgresEventLog(database).recent(of: nil, limit: 100).count == 11)
            }
        }

        @Test func `a row that somebody made unreadable fails the call, not the process`() async throws {
            try await PostgresTests.run { database in
                let users = PostgresUserStore(database)
                let user = try User(id: UUID(), email: #require(EmailAddress("ann@example.org")), name: "Ann", role: .user, createdAt: Self.now)
                try await users.add(user)
                _ = try await database.query("UPDATE app.users SET role = 'emperor'")
                await #expect(throws: StoreUnavailable.self) { _ = try await users.user(user.id) }
                _ = try await database.query("UPDATE app.users SET role = 'user', email = 'none'")
                await #expect(throws: StoreUnavailable.self) { _ = try await users.user(user.id) }
                #expect(try await users.count(.user) == 1)
            }
        }
    }
}

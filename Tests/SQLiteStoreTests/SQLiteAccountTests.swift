import Foundation
import GRDB
import Identity
import StoreContracts
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct SQLiteAccountTests {
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase
    private var users: SQLiteUserStore { SQLiteUserStore(database) }
    private var sessions: SQLiteSessionStore { SQLiteSessionStore(database) }
    private var links: SQLiteOneTimeLinkStore { SQLiteOneTimeLinkStore(database) }

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: "\(folder.path)/landing.sqlite")
    }

    @Test(arguments: UserStoreContract.allCases)
    func `keeps the contract of accounts`(_ promise: UserStoreContract) async throws {
        try await promise.check(users: users, sessions: sessions, links: links)
    }

    @Test(arguments: SessionStoreContract.allCases)
    func `keeps the contract of sessions`(_ promise: SessionStoreContract) async throws {
        try await promise.check(sessions: sessions, users: users)
    }

    @Test(arguments: OneTimeLinkStoreContract.allCases)
    func `keeps the contract of one-time links`(_ promise: OneTimeLinkStoreContract) async throws {
        try await promise.check(links: links, users: users)
    }

    @Test func `a NUL ends no text`() async throws {
        let user = try account(1, name: "before\u{0}behind")
        try await users.add(user)
        #expect(try await users.user(user.id) == user)
        #expect(try await users.users(matching: "E\u{0}BEHIND", after: nil, limit: 10) == [user])
        #expect(try await users.users(matching: "e\u{0}another", after: nil, limit: 10).isEmpty)
        let session = session(1, of: user, agent: "before\u{0}behind")
        try await sessions.add(session)
        #expect(try await sessions.session(tokenHash: session.tokenHash) == session)
    }

    @Test func `there is no session and no link for an account that is gone`() async throws {
        let user = try account(1)
        let link = OneTimeLink(tokenHash: [1], purpose: .passwordReset, userID: user.id, createdAt: time, expiresAt: time)
        try await users.add(user)
        #expect(try await users.delete(user.id))
        await #expect(throws: UserConflict.gone) { try await sessions.add(session(1, of: user)) }
        await #expect(throws: UserConflict.gone) { try await links.add(link) }
    }

    @Test func `the events of an account go with it, those of everybody stay`() async throws {
        let log = SQLiteEventLog(database)
        let user = try account(1)
        try await users.add(user)
        let forAll = StackEvent(id: UUID(), at: time, source: "landing", kind: "start", text: "Started.")
        try await log.append(forAll)
        try await log.append(StackEvent(id: UUID(), at: time, source: "landing", kind: "new-device", text: "Firefox.", userID: user.id))
        #expect(try await users.delete(user.id))
        #expect(try await log.recent(of: nil, limit: 10) == [forAll])
    }

    @Test func `a session is found by one search in the table itself`() async throws {
        let plan = try await database.pool.read {
            try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN SELECT * FROM session WHERE tokenHash = x'00'").map { $0["detail"] as String }
        }
        #expect(plan == ["SEARCH session USING PRIMARY KEY (tokenHash=?)"])
    }

    @Test func `what an account was leaves no trace in the files`() async throws {
        // Rows of different sizes in no order: pages are split, and copies of rows stay where they were.
        let accounts = try (0..<401).map { try account($0, name: "name\($0)of" + String(repeating: "n", count: $0 * 37 % 400)) }
        let order = (0..<401).map { $0 * 149 % 401 }
        try await database.write { database in
            for user in order.map({ accounts[$0] }) {
                try database.execute(
                    sql: "INSERT INTO user (id, email, name, role, createdAt, version) VALUES (?, ?, ?, 'user', 0, 1)",
                    arguments: [user.id, user.email.text, user.name.bytes])
            }
        }
        let gone = order.filter { !$0.isMultiple(of: 3) }.map { accounts[$0] }
        try await database.write { database in
            for user in gone.dropLast() { try database.execute(sql: "DELETE FROM user WHERE id = ?", arguments: [user.id]) }
        }
        #expect(try await users.delete(#require(gone.last).id))

        var bytes = Data()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            bytes += try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
        }
        #expect(bytes.range(of: accounts[3].email.text.bytes) != nil)
        let traces = gone.filter { user in
            bytes.range(of: user.email.text.bytes) != nil || bytes.range(of: String(user.name.prefix { $0 != "f" }).bytes) != nil
        }
        #expect(traces.isEmpty)
    }

    private let time = Date(timeIntervalSince1970: 1_790_000_000)

    private func account(_ number: Int, name: String = "Person") throws -> User {
        User(
            id: UUID(uuid: (0, 0, UInt8(number >> 8), UInt8(number & 255), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            email: try #require(EmailAddress("person\(number)@example.org")), name: name, role: .user, createdAt: time)
    }

    private func session(_ number: UInt8, of user: User, agent: String = "Browser") -> Session {
        Session(
            id: UUID(), userID: user.id, tokenHash: [UInt8](repeating: number, count: 32), createdAt: time, lastSeenAt: time, expiresAt: time,
            method: .password, address: nil, userAgent: agent)
    }
}

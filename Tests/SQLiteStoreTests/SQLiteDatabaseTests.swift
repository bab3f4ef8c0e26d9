import Foundation
import GRDB
import Identity
import Site
import TestSupport
import Testing

@testable import SQLiteStore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct SQLiteDatabaseTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/landing.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    @Test func `every commit is synced before it is acknowledged`() throws {
        let database = try SQLiteDatabase(path: path)
        func setting(_ name: String) throws -> String? {
            try database.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
        }
        #expect(try setting("synchronous") == "2")
        #expect(try setting("journal_mode") == "wal")
        #expect(try setting("foreign_keys") == "1")
        #expect(try setting("secure_delete") == "1")
    }

    @Test func `what was acknowledged survives that the process is killed`() async throws {
        let database = try SQLiteDatabase(path: path)
        let users = SQLiteUserStore(database)
        let audit = SQLiteAuditLog(database)
        for number in 1...20 {
            let user = try account(number)
            let line = AuditEvent(id: UUID(), at: user.createdAt, action: .accountCreated, subject: user.id)
            try await users.add(user)
            try await audit.append(line)
            // The files as they are now are what a process finds that starts after this one was killed; the third
            // one beside them is memory that processes share.
            let copy = try TemporaryFolder()
            for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: "\(copy.path)/landing.sqlite\(suffix)") }
            let reopened = try SQLiteDatabase(path: "\(copy.path)/landing.sqlite")
            #expect(try await SQLiteUserStore(reopened).user(user.id) == user)
            #expect(try await SQLiteUserStore(reopened).count(.user) == number)
            #expect(try await SQLiteAuditLog(reopened).events(AuditQuery(limit: 1)) == [line])
        }
    }

    @Test func `a log that was torn off in the middle loses the last commit, and no other`() async throws {
        let database = try SQLiteDatabase(path: path)
        let users = SQLiteUserStore(database)
        for number in 1...2 { try await users.add(account(number)) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        try await users.add(account(3))
        let torn = try Data(contentsOf: URL(fileURLWithPath: path + "-wal")).dropLast(100)
        try #require(torn.count > whole.count)
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: path, toPath: "\(copy.path)/landing.sqlite")
        try copy.write("landing.sqlite-wal", Data(torn))
        let reopened = SQLiteUserStore(try SQLiteDatabase(path: "\(copy.path)/landing.sqlite"))
        #expect(try await reopened.count(.user) == 2)
        try await reopened.add(account(3))
        #expect(try await reopened.count(.user) == 3)
    }

    @Test func `a disk that is full fails what needs room, and is used again when there is some`() async throws {
        let database = try SQLiteDatabase(path: path)
        let users = SQLiteUserStore(database)
        let log = SQLiteEventLog(database)
        let user = try account(1)
        try await users.add(user)
        func allowPages(_ count: Int) async throws {
            _ = try await database.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(count)") }
        }
        let pages = try await database.pool.unsafeRead { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await allowPages(pages)
        let big = StackEvent(id: UUID(), at: user.createdAt, source: "landing", kind: "start", text: String(repeating: "x", count: 100_000))
        for _ in 1...2 {
            let error = await #expect(throws: StoreUnavailable.self) { try await log.append(big) }
            #expect(error?.reason.contains("full") == true)
            // Who is signed in stays so.
            #expect(try await users.user(user.id) == user)
        }
        try await allowPages(pages + 1000)
        try await log.append(big)
        #expect(try await log.recent(of: nil, limit: 1) == [big])
    }

    @Test func `a folder that is missing is reported, and used once it is there`() async throws {
        let path = "\(folder.path)/data/landing.sqlite"
        #expect(throws: StoreUnavailable.self) { try SQLiteDatabase(path: path) }
        try FileManager.default.createDirectory(atPath: "\(folder.path)/data", withIntermediateDirectories: true)
        try await SQLiteUserStore(SQLiteDatabase(path: path)).add(account(1))
    }

    @Test(arguments: ["file", "folder"])
    func `what may only be read is reported, and used once it may be written`(_ what: String) async throws {
        let data = "\(folder.path)/data"
        let path = "\(data)/landing.sqlite"
        let user = try account(1)
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try await SQLiteUserStore(SQLiteDatabase(path: path)).add(user)
        func allow(_ permissions: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: what == "file" ? path : data)
        }
        try allow(what == "file" ? 0o444 : 0o555)
        // Root may write everything, so there is nothing to report to it.
        if geteuid() != 0 { #expect(throws: StoreUnavailable.self) { try SQLiteDatabase(path: path) } }
        try allow(what == "file" ? 0o644 : 0o755)
        let users = SQLiteUserStore(try SQLiteDatabase(path: path))
        #expect(try await users.user(user.id) == user)
        try await users.add(account(2))
    }

    @Test func `a read waits for no write`() async throws {
        let database = try SQLiteDatabase(path: path)
        let users = SQLiteUserStore(database)
        let user = try account(1)
        try await users.add(user)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // As another process of ours may, such as a command that changes an account.
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; UPDATE user SET version = 7") }
        let waiting = Task { try await users.add(account(2)) }
        for _ in 1...20 { #expect(try await users.user(user.id) == user) }
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try await waiting.value
        #expect(try await users.user(user.id)?.version == 7)
        #expect(try await users.count(.user) == 2)
    }

    @Test func `many may open a new file at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 { group.addTask { try await SQLiteUserStore(SQLiteDatabase(path: path)).add(account(number)) } }
            try await group.waitForAll()
        }
        #expect(try await SQLiteUserStore(SQLiteDatabase(path: path)).count(.user) == 8)
    }

    @Test func `a file of the first version is brought up to date with what it holds`() async throws {
        let id = UUID()
        let old = try DatabaseQueue(path: path)
        try await old.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('1 contact messages');
                    CREATE TABLE contactMessage (
                        id TEXT PRIMARY KEY NOT NULL, receivedAt DOUBLE NOT NULL, name BLOB NOT NULL, email BLOB NOT NULL, message BLOB NOT NULL
                    );
                    CREATE INDEX contactMessage_on_receivedAt ON contactMessage (receivedAt);
                    """)
            try database.execute(
                sql: "INSERT INTO contactMessage VALUES (?, 1.5, ?, ?, ?)",
                arguments: [id.uuidString, "Ann".bytes, "ann@example.org".bytes, "Hello".bytes])
        }
        try old.close()
        let database = try SQLiteDatabase(path: path)
        let expected = ContactMessage(id: id, receivedAt: Date(timeIntervalSince1970: 1.5), name: "Ann", email: "ann@example.org", message: "Hello")
        #expect(try await SQLiteContactMessageStore(database).messages(limit: 10) == [expected])
        try await SQLiteUserStore(database).add(account(1))
    }

    private func account(_ number: Int) throws -> User {
        User(
            id: UUID(), email: try #require(EmailAddress("person\(number)@example.org")), name: "Person \(number)", role: .user,
            createdAt: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)))
    }
}

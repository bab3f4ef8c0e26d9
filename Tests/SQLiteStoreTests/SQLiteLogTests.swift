import Foundation
import GRDB
import Identity
import Site
import StoreContracts
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct SQLiteLogTests {
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: "\(folder.path)/landing.sqlite")
    }

    @Test(arguments: EventLogContract.allCases)
    func `keeps the contract of events`(_ promise: EventLogContract) async throws { try await promise.check(SQLiteEventLog(database)) }

    @Test(arguments: AuditLogContract.allCases)
    func `keeps the contract of the audit trail`(_ promise: AuditLogContract) async throws { try await promise.check(SQLiteAuditLog(database)) }

    @Test(
        arguments: [
            "UPDATE auditEvent SET at = 0", "UPDATE OR REPLACE auditEvent SET id = x'000102030405060708090A0B0C0D0E0F'",
            "UPDATE OR IGNORE auditEvent SET outcome = 'refused' WHERE outcome = 'done'", "DELETE FROM auditEvent",
            "DELETE FROM auditEvent WHERE at = (SELECT max(at) FROM auditEvent)",
        ]
    )
    func `the table of the audit trail refuses to change or remove a line`(_ sql: String) async throws {
        let log = SQLiteAuditLog(database)
        for number in 1...2 { try await log.append(line(number)) }
        let before = try await log.events(AuditQuery())
        // As anybody who opens the file may try.
        let stranger = try DatabaseQueue(path: "\(folder.path)/landing.sqlite")
        let error = await #expect(throws: DatabaseError.self) { try await stranger.write { try $0.execute(sql: sql) } }
        #expect(error?.message == "the audit trail only grows")
        #expect(try await log.events(AuditQuery()) == before)
    }

    @Test(arguments: ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
    func `a line is not put in the place of another`(_ insert: String) async throws {
        let log = SQLiteAuditLog(database)
        try await log.append(line(1))
        let before = try await log.events(AuditQuery())
        let stranger = try DatabaseQueue(path: "\(folder.path)/landing.sqlite")
        try await stranger.write { database in
            try database.execute(
                sql:
                    "\(insert) INTO auditEvent (id, at, action, outcome, userAgent, details) SELECT id, 0, x'00', 'done', x'', x'7B7D' FROM auditEvent"
            )
        }
        #expect(try await log.events(AuditQuery()) == before)
    }

    @Test func `many lines at once keep what is there, and leave the table as well guarded as before`() async throws {
        let log = SQLiteAuditLog(database)
        let lines = (1...130).map { line($0) }
        try await log.append(Array(lines[..<40]))
        // As after a failure: nobody knows what was written.
        let others = lines[..<40].map { AuditEvent(id: $0.id, at: $0.at, action: .accountDeleted, details: [:]) }
        try await log.append(others + lines[40...])
        #expect(try await log.events(AuditQuery(limit: 200)) == lines.reversed())
        await #expect(throws: StoreUnavailable.self) { try await database.write { try $0.execute(sql: "DELETE FROM auditEvent") } }
        try await database.write { database in
            try database.execute(
                sql:
                    "INSERT OR REPLACE INTO auditEvent (id, at, action, outcome, userAgent, details) SELECT id, 0, x'00', 'done', x'', x'7B7D' FROM auditEvent"
            )
        }
        #expect(try await log.events(AuditQuery(limit: 200)) == lines.reversed())
    }

    @Test func `what was done is written down also where who did it has hung up`() async throws {
        let log = SQLiteAuditLog(database)
        let event = line(1)
        try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await log.append(event)
        }.value
        #expect(try await log.events(AuditQuery()) == [event])
    }

    @Test func `a NUL ends no text`() async throws {
        let event = StackEvent(id: UUID(), at: Date(timeIntervalSince1970: 0), source: "a\u{0}b", kind: "c\u{0}d", text: "e\u{0}f")
        try await SQLiteEventLog(database).append(event)
        #expect(try await SQLiteEventLog(database).recent(of: nil, limit: 1) == [event])
        let line = AuditEvent(
            id: UUID(), at: Date(timeIntervalSince1970: 0), action: .signIn, address: "a\u{0}b", userAgent: "c\u{0}d", requestID: "e\u{0}f",
            details: ["g\u{0}h": "i\u{0}j"])
        let log = SQLiteAuditLog(database)
        try await log.append(line)
        #expect(try await log.events(AuditQuery(address: "a\u{0}b")) == [line])
        #expect(try await log.events(AuditQuery(address: "a")).isEmpty)
    }

    @Test func `a line that this program cannot read is said, not left out`() async throws {
        let stranger = try DatabaseQueue(path: "\(folder.path)/landing.sqlite")
        try await stranger.write { database in
            try database.execute(
                sql: "INSERT INTO auditEvent (id, at, action, outcome, userAgent, details) VALUES (?, 0, x'00', 'postponed', x'', x'7B7D')",
                arguments: [UUID()])
        }
        let error = await #expect(throws: StoreUnavailable.self) { try await SQLiteAuditLog(database).events(AuditQuery()) }
        #expect(error?.reason.contains("outcome") == true)
    }

    private func line(_ number: Int) -> AuditEvent {
        AuditEvent(id: UUID(), at: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)), action: .signIn, details: ["number": "\(number)"])
    }
}

import Foundation
import GRDB
import Identity
import StoreContracts
import TestSupport
import Testing

@testable import SQLiteStore

/// Sessions that are known without asking, as long as nothing was committed.
@Suite struct SQLiteSessionLookupTests {
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase
    /// As another process has it.
    private let other: SQLiteDatabase
    private let time = Date(timeIntervalSince1970: 1_790_000_000)

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: "\(folder.path)/landing.sqlite")
        other = try SQLiteDatabase(path: "\(folder.path)/landing.sqlite")
    }

    @Test(arguments: SessionLookupContract.allCases)
    func `keeps the contract of look-ups`(_ promise: SessionLookupContract) async throws {
        try await promise.check(
            [SQLiteSessionLookup(database), SQLiteSessionLookup(other)], sessions: SQLiteSessionStore(other), users: SQLiteUserStore(other))
    }

    @Test func `a session that was asked for is known at once, until anything is committed`() async throws {
        let lookup = SQLiteSessionLookup(database)
        let (session, _) = try await enter()
        #expect(lookup.known(tokenHash: session.tokenHash) == nil)
        _ = try await lookup.bearer(tokenHash: session.tokenHash)
        #expect(lookup.known(tokenHash: session.tokenHash)?.session == session)
        // Reading changes nothing.
        _ = try await SQLiteSessionStore(other).session(tokenHash: session.tokenHash)
        #expect(lookup.known(tokenHash: session.tokenHash)?.session == session)
        for writer in [database, other] {
            try await SQLiteSessionStore(writer).touch(session.id, at: time + 60, address: nil)
            #expect(lookup.known(tokenHash: session.tokenHash) == nil)
            #expect(try await lookup.bearer(tokenHash: session.tokenHash)?.session.lastSeenAt == time + 60)
            #expect(lookup.known(tokenHash: session.tokenHash) != nil)
        }
    }

    @Test func `rows of the audit trail that this process adds leave known what is known, and hide no change`() async throws {
        let lookup = SQLiteSessionLookup(database)
        let (session, _) = try await enter()
        func event() -> AuditEvent { AuditEvent(id: UUID(), at: time, action: .signIn) }
        _ = try await lookup.bearer(tokenHash: session.tokenHash)
        for count in [1, 2, 120] {
            try await SQLiteAuditLog(database).append((0..<count).map { _ in event() })
            #expect(lookup.known(tokenHash: session.tokenHash)?.session == session)
        }
        // Whatever another process adds may be anything.
        try await SQLiteAuditLog(other).append(event())
        #expect(lookup.known(tokenHash: session.tokenHash) == nil)
        _ = try await lookup.bearer(tokenHash: session.tokenHash)
        #expect(lookup.known(tokenHash: session.tokenHash) != nil)
        _ = try await SQLiteSessionStore(other).remove(session.id, of: session.userID)
        try await SQLiteAuditLog(database).append(event())
        #expect(lookup.known(tokenHash: session.tokenHash) == nil)
        #expect(try await lookup.bearer(tokenHash: session.tokenHash) == nil)
    }

    @Test func `another program that writes the file is noticed`() async throws {
        let lookup = SQLiteSessionLookup(database)
        let (session, _) = try await enter()
        _ = try await lookup.bearer(tokenHash: session.tokenHash)
        #expect(lookup.known(tokenHash: session.tokenHash) != nil)
        try run("import sqlite3; c = sqlite3.connect('\(folder.path)/landing.sqlite'); c.execute('DELETE FROM session'); c.commit()")
        #expect(lookup.known(tokenHash: session.tokenHash) == nil)
        #expect(try await lookup.bearer(tokenHash: session.tokenHash) == nil)
    }

    @Test func `a log that begins anew is another one`() async throws {
        let lookup = SQLiteSessionLookup(database)
        let (session, _) = try await enter()
        for _ in 0..<5 {
            _ = try await lookup.bearer(tokenHash: session.tokenHash)
            let before = try #require(database.commits?.head)
            try await SQLiteSessionStore(other).touch(session.id, at: time + 60, address: nil)
            #expect(database.commits?.head != before)
            await other.eraseLeftovers()
            #expect(database.commits?.head != before)
            #expect(lookup.known(tokenHash: session.tokenHash) == nil)
        }
        _ = try await SQLiteSessionStore(other).removeAll(of: session.userID, except: nil)
        #expect(try await lookup.bearer(tokenHash: session.tokenHash) == nil)
    }

    @Test func `what was not committed changes nothing`() async throws {
        let lookup = SQLiteSessionLookup(database)
        let (session, user) = try await enter()
        _ = try await lookup.bearer(tokenHash: session.tokenHash)
        await #expect(throws: UserConflict.changedMeanwhile) {
            var outdated = user
            outdated.version = 9
            _ = try await SQLiteUserStore(other).update(outdated)
        }
        #expect(try await lookup.bearer(tokenHash: session.tokenHash) == SessionBearer(session, of: user))
    }

    private func enter() async throws -> (Session, User) {
        let user = User(id: UUID(), email: try #require(EmailAddress("ada@example.org")), name: "Ada", role: .user, createdAt: time)
        let session = Session(
            id: UUID(), userID: user.id, tokenHash: [UInt8](repeating: 7, count: 32), createdAt: time, lastSeenAt: time, expiresAt: time + 1_000,
            method: .password, address: nil, userAgent: "Browser")
        try await SQLiteUserStore(database).add(user)
        try await SQLiteSessionStore(database).add(session)
        return (session, user)
    }

    private func run(_ program: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

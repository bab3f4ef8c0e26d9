import Foundation
import GRDB
import Identity
import Site
import Synchronization

/// The one SQLite file that holds everything durable where no server is configured.
///
/// Beside it stand `-wal`, the commits that are not yet in the file itself, and `-shm`; all three are the database.
/// One connection writes, one call after the other; reads have connections of their own and wait for no write.
public final class SQLiteDatabase: Sendable {
    let pool: DatabasePool
    private let refusal = Mutex<String?>(nil)
    private let onCommitApart = Mutex<[@Sendable (_ before: CommitMark.Head, _ after: CommitMark.Head) -> Void]>([])
    /// Valid while the pool is open. `nil` where it cannot be told whether something was committed.
    let commits: CommitMark?

    /// Opens or makes the file at `path` and brings its tables up to date.
    ///
    /// A commit is on the disk before it is acknowledged (`synchronous = FULL`: the write-ahead log is synced with each).
    /// A disk that is full fails the call that needed room, and the next one tries again.
    /// - Throws: ``StoreUnavailable`` where the file cannot be opened or written, or is no database.
    public init(path: String) throws {
        // SQLite would open it all the same, and leave files beside it that stay read-only after it is not.
        if FileManager.default.fileExists(atPath: path), !FileManager.default.isWritableFile(atPath: path) {
            throw StoreUnavailable(store: "SQLite", reason: "\(path) may only be read")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // Neither sorting nor rewriting the file leaves people's data in a folder for temporary files.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        let pool = try Self.unavailable { try Self.open(path, configuration) }
        self.pool = pool
        commits = try Self.unavailable {
            try pool.writeWithoutTransaction { database in
                // Only now: opening the pool sets it to NORMAL, which may lose the last commits with the power.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA fullfsync = ON")
                // What cannot be written is said now, not at the first sign-in.
                try database.execute(sql: "BEGIN IMMEDIATE; ROLLBACK")
            }
            try Self.migrations.migrate(pool)
            return pool.writeWithoutTransaction { CommitMark($0) }
        }
    }

    /// Of several programs that open a new file at once, one makes its log, and SQLite lets the others not wait for it.
    private static func open(_ path: String, _ configuration: Configuration) throws -> DatabasePool {
        for _ in 1..<100 {
            do {
                return try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
        return try DatabasePool(path: path, configuration: configuration)
    }

    /// Why the last write was not taken; `nil` where it was.
    public var problem: String? { refusal.withLock { $0 } }

    /// Gives what one statement reads; it sees every write that was acknowledged before.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        // One statement is of one moment by itself, so no transaction is begun around it.
        try await Self.unavailable { try await pool.unsafeRead(body) }
    }

    /// Does all of `body` or nothing of it; what it did is on the disk once this returns.
    func write<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            let value = try await Self.unavailable { try await pool.write(body) }
            refusal.withLock { $0 = nil }
            return value
        } catch let outage as StoreUnavailable {
            refusal.withLock { $0 = outage.reason }
            throw outage
        }
    }

    /// As ``write(_:)``, of what no session and no account depends on: what is known of those stays so.
    func writeApart(_ body: @Sendable (Database) throws -> Void) async throws {
        let before = try await write { [commits] database in
            try body(database)
            // Nobody else commits until this has.
            return commits?.head
        }
        guard let before, let after = commits?.head, after.isNext(after: before) else { return }
        for body in onCommitApart.withLock({ $0 }) { body(before, after) }
    }

    /// Has a function called after each commit of ``writeApart(_:)`` that no other has followed yet.
    func onCommitApart(_ body: @escaping @Sendable (_ before: CommitMark.Head, _ after: CommitMark.Head) -> Void) {
        onCommitApart.withLock { $0.append(body) }
    }

    /// Overwrites what removed rows have left in the files.
    ///
    /// SQLite zeroes a removed row (`secure_delete`), but copies of it stay where rows once moved from page to page,
    /// and in the log. So the file is written anew where it is small enough for that, and the log emptied.
    func eraseLeftovers() async {
        // The rows are removed and acknowledged as such; what fails here is made good by the next removal.
        _ = try? await pool.writeWithoutTransaction { database in
            let bytes = try Int.fetchOne(database, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
            if bytes <= Self.rewritableBytes { try database.execute(sql: "VACUUM") }
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// 32 MiB: the copy is held in memory, and other writes wait for it.
    private static let rewritableBytes = 32 << 20

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 contact messages") { database in
            try database.create(table: "contactMessage") { table in
                table.primaryKey("id", .text)
                table.column("receivedAt", .double).notNull().indexed()
                table.column("name", .blob).notNull()
                table.column("email", .blob).notNull()
                table.column("message", .blob).notNull()
            }
        }
        // From here on: times in milliseconds since 1970; ids as their 16 bytes, so that they sort as such; texts of
        // strangers as bytes. A token is looked up in the table itself, which is sorted by its hash.
        migrator.registerMigration("2 accounts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE user (
                        id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                        email TEXT NOT NULL UNIQUE,
                        name BLOB NOT NULL,
                        role TEXT NOT NULL,
                        password BLOB,
                        secret BLOB,
                        secretIsConfirmed INTEGER,
                        lastStep INTEGER,
                        recoveryHashes BLOB,
                        createdAt INTEGER NOT NULL,
                        passwordChangedAt INTEGER,
                        lockedAt INTEGER,
                        version INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX userByRole ON user (role) WHERE lockedAt IS NULL;

                    CREATE TABLE session (
                        tokenHash BLOB NOT NULL PRIMARY KEY,
                        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
                        userID BLOB NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        createdAt INTEGER NOT NULL,
                        lastSeenAt INTEGER NOT NULL,
                        expiresAt INTEGER NOT NULL,
                        method TEXT NOT NULL,
                        address BLOB,
                        userAgent BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX sessionOfUser ON session (userID);
                    CREATE INDEX sessionByEnd ON session (expiresAt);
                    CREATE INDEX sessionByUse ON session (lastSeenAt);

                    CREATE TABLE oneTimeLink (
                        tokenHash BLOB NOT NULL PRIMARY KEY,
                        purpose TEXT NOT NULL,
                        userID BLOB REFERENCES user (id) ON DELETE CASCADE,
                        role TEXT NOT NULL,
                        email TEXT,
                        createdAt INTEGER NOT NULL,
                        expiresAt INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX oneTimeLinkOfUser ON oneTimeLink (userID, purpose);
                    CREATE INDEX oneTimeLinkByEnd ON oneTimeLink (expiresAt);
                    """)
        }
        migrator.registerMigration("3 events") { database in
            try database.execute(
                sql: """
                    CREATE TABLE stackEvent (
                        id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                        at INTEGER NOT NULL,
                        source BLOB NOT NULL,
                        kind BLOB NOT NULL,
                        text BLOB NOT NULL,
                        userID BLOB
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX stackEventByTime ON stackEvent (at);
                    CREATE INDEX stackEventOfUser ON stackEvent (userID, at);
                    """)
        }
        migrator.registerMigration("4 audit trail") { database in
            // Without rowid there is nothing but the id by which `INSERT OR REPLACE` could put one line in another's
            // place, which would call no trigger for the line that goes.
            try database.execute(
                sql: """
                    CREATE TABLE auditEvent (
                        id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                        at INTEGER NOT NULL,
                        action BLOB NOT NULL,
                        outcome TEXT NOT NULL,
                        actor BLOB,
                        subject BLOB,
                        sessionID BLOB,
                        address BLOB,
                        userAgent BLOB NOT NULL,
                        requestID BLOB,
                        details BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX auditEventByTime ON auditEvent (at);
                    CREATE INDEX auditEventBySubject ON auditEvent (subject, at);
                    CREATE INDEX auditEventByActor ON auditEvent (actor, at);

                    CREATE TRIGGER auditEventOnce BEFORE INSERT ON auditEvent
                    WHEN EXISTS (SELECT 1 FROM auditEvent WHERE id = NEW.id)
                    BEGIN SELECT RAISE(IGNORE); END;
                    CREATE TRIGGER auditEventStays BEFORE DELETE ON auditEvent
                    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;
                    CREATE TRIGGER auditEventUnchanged BEFORE UPDATE ON auditEvent
                    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;
                    """)
        }
        migrator.registerMigration("5 subjects") { database in
            // Most lines are calls of the gateway, which are about nobody's account.
            try database.execute(
                sql: """
                    DROP INDEX auditEventBySubject;
                    CREATE INDEX auditEventBySubject ON auditEvent (subject, at) WHERE subject IS NOT NULL;
                    """)
        }
        return migrator
    }

    static func unavailable<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw StoreUnavailable(store: "SQLite", reason: "\(error)") }
    }

    static func unavailable<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch let conflict as UserConflict {
            throw conflict
        } catch {
            throw StoreUnavailable(store: "SQLite", reason: "\(error)")
        }
    }
}

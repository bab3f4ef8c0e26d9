public import Foundation
import GRDB
public import Identity

/// Sessions in SQLite.
public struct SQLiteSessionStore: SessionStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    static let columns = "tokenHash, id, userID, createdAt, lastSeenAt, expiresAt, method, address, userAgent"

    /// - Throws: `UserConflict.gone` where the account is not there any more.
    public func add(_ session: Session) async throws {
        try await database.write { database in
            do {
                try database.cachedStatement(
                    sql: "INSERT INTO session (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
                ).execute(arguments: [
                    Data(session.tokenHash), session.id, session.userID, session.createdAt.milliseconds, session.lastSeenAt.milliseconds,
                    session.expiresAt.milliseconds, session.method.rawValue, session.address?.bytes, session.userAgent.bytes,
                ])
            } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY {
                throw UserConflict.gone
            }
        }
    }

    public func session(tokenHash: [UInt8]) async throws -> Session? {
        try await database.read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT \(Self.columns) FROM session WHERE tokenHash = ?"), arguments: [Data(tokenHash)]
            ).map(Self.session)
        }
    }

    public func touch(_ id: UUID, at time: Date, address: String?) async throws {
        try await database.write { database in
            try database.cachedStatement(sql: "UPDATE session SET lastSeenAt = ?1, address = ?2 WHERE id = ?3 AND lastSeenAt <= ?1")
                .execute(arguments: [time.milliseconds, address?.bytes, id])
        }
    }

    public func sessions(of userID: UUID) async throws -> [Session] {
        try await database.read { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "SELECT \(Self.columns) FROM session WHERE userID = ? ORDER BY lastSeenAt DESC, id"),
                arguments: [userID]
            ).map(Self.session)
        }
    }

    public func existing(_ ids: Set<UUID>) async throws -> Set<UUID> {
        // As many at a time as one prepared statement asks for; the places that are left repeat the last one.
        let size = 64
        let ids = Array(ids)
        var existing: Set<UUID> = []
        for start in stride(from: 0, to: ids.count, by: size) {
            let some = (start..<start + size).map { ids[min($0, ids.count - 1)] }
            existing.formUnion(
                try await database.read { database in
                    let places = databaseQuestionMarks(count: size)
                    return try UUID.fetchSet(
                        database.cachedStatement(sql: "SELECT id FROM session WHERE id IN (\(places))"), arguments: StatementArguments(some))
                })
        }
        return existing
    }

    public func remove(_ id: UUID, of userID: UUID) async throws -> Session? {
        try await database.write { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "DELETE FROM session WHERE id = ? AND userID = ? RETURNING \(Self.columns)"), arguments: [id, userID]
            ).first.map(Self.session)
        }
    }

    public func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session] {
        try await database.write { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "DELETE FROM session WHERE userID = ? AND id IS NOT ? RETURNING \(Self.columns)"),
                arguments: [userID, kept]
            ).map(Self.session)
        }
    }

    public func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int {
        try await database.write { database in
            try database.cachedStatement(sql: "DELETE FROM session WHERE expiresAt <= ? OR lastSeenAt < ?")
                .execute(arguments: [now.milliseconds, idle.milliseconds])
            return database.changesCount
        }
    }

    static func session(_ row: Row) throws -> Session {
        Session(
            id: row[1], userID: row[2], tokenHash: Array(row[0] as Data), createdAt: Date(milliseconds: row[3]),
            lastSeenAt: Date(milliseconds: row[4]), expiresAt: Date(milliseconds: row[5]),
            method: try UnreadableRow.known(SignInMethod(rawValue: row[6]), "session", "method"), address: (row[7] as Data?).map(String.init(bytes:)),
            userAgent: String(bytes: row[8]))
    }
}

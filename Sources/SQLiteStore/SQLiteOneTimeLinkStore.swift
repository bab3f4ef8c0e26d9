public import Foundation
import GRDB
public import Identity

/// One-time links in SQLite.
public struct SQLiteOneTimeLinkStore: OneTimeLinkStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    private static let columns = "tokenHash, purpose, userID, role, email, createdAt, expiresAt"

    /// - Throws: `UserConflict.gone` where the account is not there any more.
    public func add(_ link: OneTimeLink) async throws {
        try await database.write { database in
            do {
                try database.cachedStatement(
                    sql: "INSERT INTO oneTimeLink (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tokenHash) DO NOTHING"
                ).execute(arguments: [
                    Data(link.tokenHash), link.purpose.rawValue, link.userID, link.role.rawValue, link.email?.text, link.createdAt.milliseconds,
                    link.expiresAt.milliseconds,
                ])
            } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY {
                throw UserConflict.gone
            }
        }
    }

    public func link(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT \(Self.columns) FROM oneTimeLink WHERE tokenHash = ? AND expiresAt > ?"),
                arguments: [Data(tokenHash), now.milliseconds]
            ).map(Self.link)
        }
    }

    public func take(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.write { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "DELETE FROM oneTimeLink WHERE tokenHash = ? AND expiresAt > ? RETURNING \(Self.columns)"),
                arguments: [Data(tokenHash), now.milliseconds]
            ).first.map(Self.link)
        }
    }

    public func removeAll(_ purpose: OneTimeLink.Purpose, of userID: UUID?) async throws {
        try await database.write { database in
            try database.cachedStatement(sql: "DELETE FROM oneTimeLink WHERE userID IS ? AND purpose = ?")
                .execute(arguments: [userID, purpose.rawValue])
        }
    }

    public func removeExpired(at now: Date) async throws -> Int {
        try await database.write { database in
            try database.cachedStatement(sql: "DELETE FROM oneTimeLink WHERE expiresAt <= ?").execute(arguments: [now.milliseconds])
            return database.changesCount
        }
    }

    private static func link(_ row: Row) throws -> OneTimeLink {
        OneTimeLink(
            tokenHash: Array(row[0] as Data), purpose: try UnreadableRow.known(OneTimeLink.Purpose(rawValue: row[1]), "oneTimeLink", "purpose"),
            userID: row[2], role: try UnreadableRow.known(Role(rawValue: row[3]), "oneTimeLink", "role"),
            email: try (row[4] as String?).map { try UnreadableRow.known(EmailAddress($0), "oneTimeLink", "email") },
            createdAt: Date(milliseconds: row[5]), expiresAt: Date(milliseconds: row[6]))
    }
}

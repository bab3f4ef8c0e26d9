public import Foundation
import GRDB
public import Identity

/// Accounts in SQLite.
public struct SQLiteUserStore: UserStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    private static let columns = """
        id, email, name, role, password, secret, secretIsConfirmed, lastStep, recoveryHashes, createdAt, passwordChangedAt, lockedAt, version
        """

    public func add(_ user: User) async throws {
        try await database.write { database in
            try database.cachedStatement(
                sql: "INSERT INTO user (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
            ).execute(arguments: [user.id] + Self.values(user) + [user.version])
            guard database.changesCount == 0 else { return }
            // The same account again, or another one in its way?
            let isKept = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE id = ? AND email = ?)", arguments: [user.id, user.email.text])
            if isKept != true { throw UserConflict.emailTaken }
        }
    }

    public func user(_ id: UUID) async throws -> User? {
        try await database.read { database in
            try Row.fetchOne(database.cachedStatement(sql: "SELECT \(Self.columns) FROM user WHERE id = ?"), arguments: [id]).map(Self.user)
        }
    }

    public func user(email: EmailAddress) async throws -> User? {
        try await database.read { database in
            try Row.fetchOne(database.cachedStatement(sql: "SELECT \(Self.columns) FROM user WHERE email = ?"), arguments: [email.text])
                .map(Self.user)
        }
    }

    public func update(_ user: User) async throws -> User {
        try await database.write { database in
            do {
                try database.cachedStatement(
                    sql: """
                        UPDATE user SET email = ?, name = ?, role = ?, password = ?, secret = ?, secretIsConfirmed = ?, lastStep = ?,
                        recoveryHashes = ?, createdAt = ?, passwordChangedAt = ?, lockedAt = ?, version = version + 1 WHERE id = ? AND version = ?
                        """
                ).execute(arguments: Self.values(user) + [user.id, user.version])
            } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
                throw UserConflict.emailTaken
            }
            guard database.changesCount == 0 else {
                var changed = user
                changed.version += 1
                return changed
            }
            let isThere = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE id = ?)", arguments: [user.id])
            throw isThere == true ? UserConflict.changedMeanwhile : .gone
        }
    }

    /// Removes the account with its sessions and links, and the events that concern nobody else; see
    /// ``SQLiteDatabase`` for what becomes of their bytes.
    public func delete(_ id: UUID) async throws -> Bool {
        let wasThere = try await database.write { database in
            // Sessions and links refer to the account and go with it.
            try database.execute(sql: "DELETE FROM user WHERE id = ?", arguments: [id])
            guard database.changesCount > 0 else { return false }
            try database.execute(sql: "DELETE FROM stackEvent WHERE userID = ?", arguments: [id])
            return true
        }
        // A task of its own: who asked may be gone, the bytes have to go all the same.
        if wasThere { await Task { [database] in await database.eraseLeftovers() }.value }
        return wasThere
    }

    public func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] {
        try await database.read { database in
            // lower() knows the letters of ASCII only, and instr() no wildcards.
            let matches =
                text == nil
                ? "" : "AND (instr(lower(email), lower(CAST(?3 AS TEXT))) OR instr(lower(CAST(name AS TEXT)), lower(CAST(?3 AS TEXT))))"
            let statement = try database.cachedStatement(
                sql: "SELECT \(Self.columns) FROM user WHERE email > ?1 \(matches) ORDER BY email LIMIT ?2")
            let arguments: StatementArguments = [email?.text ?? "", max(0, limit)]
            return try Row.fetchAll(statement, arguments: text.map { arguments + [$0.bytes] } ?? arguments).map(Self.user)
        }
    }

    public func count(_ role: Role) async throws -> Int {
        try await database.read { database in
            try Int.fetchOne(
                database.cachedStatement(sql: "SELECT count(*) FROM user WHERE role = ? AND lockedAt IS NULL"), arguments: [role.rawValue]) ?? 0
        }
    }

    /// What stands between the id and the version.
    private static func values(_ user: User) throws -> StatementArguments {
        [
            user.email.text, user.name.bytes, user.role.rawValue, user.password?.text.bytes, user.secondFactor.map { Data($0.secret) },
            user.secondFactor?.isConfirmed, user.secondFactor?.lastStep,
            try user.secondFactor.map { try JSONEncoder().encode($0.recoveryHashes.map { Data($0) }) }, user.createdAt.milliseconds,
            user.passwordChangedAt?.milliseconds, user.lockedAt?.milliseconds,
        ]
    }

    private static func user(_ row: Row) throws -> User {
        User(
            id: row[0], email: try UnreadableRow.known(EmailAddress(row[1] as String), "user", "email"), name: String(bytes: row[2]),
            role: try UnreadableRow.known(Role(rawValue: row[3]), "user", "role"),
            password: (row[4] as Data?).map { PasswordHash(String(bytes: $0)) }, secondFactor: try (row[5] as Data?).map { try factor($0, row) },
            createdAt: Date(milliseconds: row[9]), passwordChangedAt: (row[10] as Int64?).map(Date.init(milliseconds:)),
            lockedAt: (row[11] as Int64?).map(Date.init(milliseconds:)), version: row[12])
    }

    private static func factor(_ secret: Data, _ row: Row) throws -> SecondFactor {
        SecondFactor(
            secret: Array(secret), isConfirmed: row[6] ?? false, lastStep: row[7] ?? 0,
            recoveryHashes: try JSONDecoder().decode([Data].self, from: row[8] ?? Data("[]".utf8)).map { Array($0) })
    }
}

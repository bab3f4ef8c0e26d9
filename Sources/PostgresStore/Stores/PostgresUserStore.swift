public import FoundationEssentials
public import Identity

/// Accounts in PostgreSQL.
public struct PostgresUserStore: UserStore {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) { self.database = database }

    public func add(_ user: User) async throws {
        let values = (1...13).map { "$\($0)" }.joined(separator: ", ")
        let added = try await database.query(
            "INSERT INTO app.users (\(Self.columns)) VALUES (\(values)) ON CONFLICT DO NOTHING", Self.parameters(user, version: user.version))
        if added.count == 1 { return }
        guard try await self.user(user.id)?.email == user.email else { throw UserConflict.emailTaken }
    }

    public func user(_ id: UUID) async throws -> User? {
        try await database.rows("SELECT \(Self.columns) FROM app.users WHERE id = $1", [.uuid(id)], Self.read).first
    }

    public func user(email: EmailAddress) async throws -> User? {
        try await database.rows("SELECT \(Self.columns) FROM app.users WHERE email = $1", [.text(email.text)], Self.read).first
    }

    public func update(_ user: User) async throws -> User {
        let assignments = Self.columnNames.enumerated().dropFirst().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        do {
            let updated = try await database.rows(
                "UPDATE app.users SET \(assignments) WHERE id = $1 AND version = $14 RETURNING \(Self.columns)",
                Self.parameters(user, version: user.version + 1) + [.integer(Int64(user.version))], Self.read)
            if let updated = updated.first { return updated }
        } catch ConstraintViolation.taken {
            throw UserConflict.emailTaken
        }
        let found = try await database.query("SELECT 1 FROM app.users WHERE id = $1", [.uuid(user.id)]).count
        throw found == 0 ? UserConflict.gone : UserConflict.changedMeanwhile
    }

    public func delete(_ id: UUID) async throws -> Bool {
        // Sessions and links go with the account, by their tables' rule; what was told about the person goes too.
        try await database.query(
            "WITH told AS (DELETE FROM app.events WHERE user_id = $1) DELETE FROM app.users WHERE id = $1", [.uuid(id)]
        ).count > 0
    }

    public func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] {
        // Lower case by the rules of "C" is that of ASCII letters; `strpos` knows no special characters.
        try await database.rows(
            """
            SELECT \(Self.columns) FROM app.users
            WHERE ($1::text IS NULL OR strpos(lower(email COLLATE "C"), lower($1 COLLATE "C")) > 0
                OR strpos(lower(name COLLATE "C"), lower($1 COLLATE "C")) > 0)
                AND ($2::text IS NULL OR email > $2)
            ORDER BY email LIMIT $3
            """, [.text(text), .text(email?.text), .integer(Int64(max(0, limit)))], Self.read)
    }

    public func count(_ role: Role) async throws -> Int {
        let counts = try await database.rows(
            "SELECT count(*) FROM app.users WHERE role = $1 AND locked_at IS NULL", [.text(role.rawValue)]
        ) { row throws(PostgresFailure) in Int(try row.integer()) }
        return counts.first ?? 0
    }

    private static let columnNames = [
        "id", "email", "name", "role", "password", "factor_secret", "factor_is_confirmed", "factor_last_step", "factor_recovery_hashes",
        "created_at", "password_changed_at", "locked_at", "version",
    ]

    private static let columns = columnNames.joined(separator: ", ")

    private static func parameters(_ user: User, version: Int) -> [PostgresValue] {
        [
            .uuid(user.id), .text(user.email.text), .text(user.name), .text(user.role.rawValue), .text(user.password?.text),
            .bytes(user.secondFactor?.secret), .boolean(user.secondFactor?.isConfirmed), .optionalInteger(user.secondFactor?.lastStep),
            .bytesList(user.secondFactor?.recoveryHashes), .time(user.createdAt), .time(user.passwordChangedAt), .time(user.lockedAt),
            .integer(Int64(version)),
        ]
    }

    private static func read(_ row: inout PostgresRow) throws(PostgresFailure) -> User {
        let id = try row.id()
        guard let email = EmailAddress(try row.text()) else { throw row.unreadable() }
        let name = try row.text()
        let role = try row.word(Role.self)
        let password = try row.optionalText()
        let secret = try row.optionalBytes()
        let isConfirmed = try row.optionalBoolean()
        let lastStep = try row.optionalInteger()
        let recoveryHashes = try row.optionalBytesList()
        let factor = secret.map {
            SecondFactor(secret: $0, isConfirmed: isConfirmed ?? false, lastStep: lastStep ?? 0, recoveryHashes: recoveryHashes ?? [])
        }
        return User(
            id: id, email: email, name: name, role: role, password: password.map { PasswordHash($0) }, secondFactor: factor,
            createdAt: try row.time(), passwordChangedAt: try row.optionalTime(), lockedAt: try row.optionalTime(), version: Int(try row.integer()))
    }
}

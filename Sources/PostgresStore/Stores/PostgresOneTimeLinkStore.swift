public import FoundationEssentials
public import Identity

/// One-time links in PostgreSQL, beside the accounts.
public struct PostgresOneTimeLinkStore: OneTimeLinkStore {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) { self.database = database }

    /// - Throws: `UserConflict.gone` where it is of an account that is not there.
    public func add(_ link: OneTimeLink) async throws {
        do {
            _ = try await database.query(
                "INSERT INTO app.one_time_links (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token_hash) DO NOTHING",
                [
                    .bytes(link.tokenHash), .text(link.purpose.rawValue), .uuid(link.userID), .text(link.role.rawValue), .text(link.email?.text),
                    .time(link.createdAt), .time(link.expiresAt),
                ])
        } catch ConstraintViolation.orphaned {
            throw UserConflict.gone
        }
    }

    public func link(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.rows(
            "SELECT \(Self.columns) FROM app.one_time_links WHERE token_hash = $1 AND expires_at > $2", [.bytes(tokenHash), .time(now)], Self.read
        ).first
    }

    public func take(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.rows(
            "DELETE FROM app.one_time_links WHERE token_hash = $1 AND expires_at > $2 RETURNING \(Self.columns)",
            [.bytes(tokenHash), .time(now)], Self.read
        ).first
    }

    public func removeAll(_ purpose: OneTimeLink.Purpose, of userID: UUID?) async throws {
        _ = try await database.query(
            "DELETE FROM app.one_time_links WHERE purpose = $1 AND user_id IS NOT DISTINCT FROM $2", [.text(purpose.rawValue), .uuid(userID)])
    }

    public func removeExpired(at now: Date) async throws -> Int {
        try await database.removeAll(
            "DELETE FROM app.one_time_links WHERE token_hash IN (SELECT token_hash FROM app.one_time_links WHERE expires_at <= $1 LIMIT $2)",
            [.time(now)])
    }

    private static let columns = "token_hash, purpose, user_id, role, email, created_at, expires_at"

    private static func read(_ row: inout PostgresRow) throws(PostgresFailure) -> OneTimeLink {
        let hash = try row.bytes()
        let purpose = try row.word(OneTimeLink.Purpose.self)
        let userID = try row.optionalID()
        let role = try row.word(Role.self)
        var email: EmailAddress?
        if let text = try row.optionalText() {
            // Without its address, an invitation would be for whoever has it.
            guard let address = EmailAddress(text) else { throw row.unreadable() }
            email = address
        }
        return OneTimeLink(
            tokenHash: hash, purpose: purpose, userID: userID, role: role, email: email, createdAt: try row.time(), expiresAt: try row.time())
    }
}

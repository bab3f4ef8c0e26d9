public import FoundationEssentials
public import Identity

/// Sessions in PostgreSQL, beside the accounts they belong to.
public struct PostgresSessionStore: SessionStore {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) { self.database = database }

    /// - Throws: `UserConflict.gone` where there is no such account, also where it was deleted meanwhile.
    public func add(_ session: Session) async throws {
        do {
            _ = try await database.query(
                "INSERT INTO app.sessions (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
                [
                    .uuid(session.id), .uuid(session.userID), .bytes(session.tokenHash), .time(session.createdAt), .time(session.lastSeenAt),
                    .time(session.expiresAt), .text(session.method.rawValue), .text(session.address), .text(session.userAgent),
                ])
        } catch ConstraintViolation.orphaned {
            throw UserConflict.gone
        }
    }

    public func session(tokenHash: [UInt8]) async throws -> Session? {
        try await database.rows("SELECT \(Self.columns) FROM app.sessions WHERE token_hash = $1", [.bytes(tokenHash)], Self.read).first
    }

    public func touch(_ id: UUID, at time: Date, address: String?) async throws {
        _ = try await database.query(
            "UPDATE app.sessions SET last_seen_at = $2, address = $3 WHERE id = $1 AND last_seen_at <= $2", [.uuid(id), .time(time), .text(address)])
    }

    public func sessions(of userID: UUID) async throws -> [Session] {
        try await database.rows(
            "SELECT \(Self.columns) FROM app.sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id", [.uuid(userID)], Self.read)
    }

    public func existing(_ ids: Set<UUID>) async throws -> Set<UUID> {
        Set(
            try await database.rows("SELECT id FROM app.sessions WHERE id = ANY ($1)", [.uuids(Array(ids))]) { row throws(PostgresFailure) in
                try row.id()
            })
    }

    public func remove(_ id: UUID, of userID: UUID) async throws -> Session? {
        try await database.rows(
            "DELETE FROM app.sessions WHERE id = $1 AND user_id = $2 RETURNING \(Self.columns)", [.uuid(id), .uuid(userID)], Self.read
        ).first
    }

    public func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session] {
        try await database.rows(
            """
            WITH removed AS (DELETE FROM app.sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) RETURNING \(Self.columns))
            SELECT \(Self.columns) FROM removed ORDER BY last_seen_at DESC, id
            """, [.uuid(userID), .uuid(kept)], Self.read)
    }

    public func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int {
        try await database.removeAll(
            """
            DELETE FROM app.sessions WHERE id IN (SELECT id FROM app.sessions WHERE expires_at <= $1 OR last_seen_at < $2 LIMIT $3)
                AND (expires_at <= $1 OR last_seen_at < $2)
            """, [.time(now), .time(idle)])
    }

    private static let columns = "id, user_id, token_hash, created_at, last_seen_at, expires_at, method, address, user_agent"

    private static func read(_ row: inout PostgresRow) throws(PostgresFailure) -> Session {
        Session(
            id: try row.id(), userID: try row.id(), tokenHash: try row.bytes(), createdAt: try row.time(), lastSeenAt: try row.time(),
            expiresAt: try row.time(), method: try row.word(), address: try row.optionalText(), userAgent: try row.text())
    }
}

/// Sessions with their accounts in one query.
extension PostgresSessionStore: SessionLookup {
    public func known(tokenHash: [UInt8]) -> SessionBearer? { nil }

    public func bearer(tokenHash: [UInt8]) async throws -> SessionBearer? {
        try await database.rows(Self.lookup, [.bytes(tokenHash)]) { row throws(PostgresFailure) in
            let session = try Self.read(&row)
            guard let email = EmailAddress(try row.text()) else { throw row.unreadable() }
            return SessionBearer(
                session: session, email: email, name: try row.text(), role: try row.word(), lockedAt: try row.optionalTime(),
                passwordChangedAt: try row.optionalTime())
        }.first
    }

    private static let lookup = """
        SELECT \(columns.split(separator: ", ").map { "s.\($0)" }.joined(separator: ", ")), u.email, u.name, u.role, u.locked_at, u.password_changed_at
        FROM app.sessions s JOIN app.users u ON u.id = s.user_id WHERE s.token_hash = $1
        """
}

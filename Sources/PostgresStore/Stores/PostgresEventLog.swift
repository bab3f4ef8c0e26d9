public import FoundationEssentials
public import Identity

/// The events of the stack in PostgreSQL.
public struct PostgresEventLog: EventLog {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) { self.database = database }

    public func append(_ event: StackEvent) async throws {
        _ = try await database.query(
            "INSERT INTO app.events (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
            [.uuid(event.id), .time(event.at), .text(event.source), .text(event.kind), .text(event.text), .uuid(event.userID)])
    }

    public func recent(of userID: UUID?, limit: Int) async throws -> [StackEvent] {
        try await database.rows(
            """
            SELECT \(Self.columns) FROM app.events WHERE $1::uuid IS NULL OR user_id IS NULL OR user_id = $1
            ORDER BY at DESC, id DESC LIMIT $2
            """, [.uuid(userID), .integer(Int64(max(0, limit)))]
        ) { row throws(PostgresFailure) in
            StackEvent(
                id: try row.id(), at: try row.time(), source: try row.text(), kind: try row.text(), text: try row.text(),
                userID: try row.optionalID())
        }
    }

    public func remove(before time: Date) async throws -> Int {
        try await database.removeAll(
            "DELETE FROM app.events WHERE id IN (SELECT id FROM app.events WHERE at < $1 LIMIT $2)", [.time(time)])
    }

    private static let columns = "id, at, source, kind, text, user_id"
}

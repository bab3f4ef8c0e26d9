import FoundationEssentials
public import Identity

/// The audit trail in PostgreSQL, in a schema of its own. The table itself refuses every change of what is there.
public struct PostgresAuditLog: AuditLog {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) { self.database = database }

    public func append(_ event: AuditEvent) async throws {
        _ = try await database.query(
            "INSERT INTO audit.events (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
            [
                .uuid(event.id), .time(event.at), .text(event.action.rawValue), .text(event.outcome.rawValue), .uuid(event.actor),
                .uuid(event.subject), .uuid(event.sessionID), .text(event.address), .text(event.userAgent), .text(event.requestID),
                .json(try Self.encoded(event.details)),
            ])
    }

    public func events(_ query: AuditQuery) async throws -> [AuditEvent] {
        try await database.rows(
            """
            SELECT \(Self.columns.replacing("details", with: "details::text")) FROM audit.events
            WHERE ($1::uuid IS NULL OR subject = $1) AND ($2::uuid IS NULL OR actor = $2) AND ($3::text IS NULL OR action = $3)
                AND ($4::text IS NULL OR outcome = $4) AND ($5::text IS NULL OR address = $5)
                AND ($6::timestamptz IS NULL OR (at, id) < ($6, $7))
            ORDER BY at DESC, id DESC LIMIT $8
            """,
            [
                .uuid(query.subject), .uuid(query.actor), .text(query.action?.rawValue), .text(query.outcome?.rawValue), .text(query.address),
                .time(query.after?.at), .uuid(query.after?.id), .integer(Int64(max(0, query.limit))),
            ], Self.read)
    }

    private static let columns = "id, at, action, outcome, actor, subject, session_id, address, user_agent, request_id, details"

    private static func encoded(_ details: [String: String]) throws -> [UInt8] {
        // JSON could say NUL, `jsonb` could not keep it.
        let clean = details.map { (withoutNUL($0), withoutNUL($1)) }.sorted { $0 < $1 }
        return Array(try JSONEncoder().encode(Dictionary(clean) { _, last in last }))
    }

    private static func withoutNUL(_ text: String) -> String { String(decoding: text.utf8.filter { $0 != 0 }, as: UTF8.self) }

    private static func read(_ row: inout PostgresRow) throws(PostgresFailure) -> AuditEvent {
        let id = try row.id()
        let at = try row.time()
        let action = AuditAction(rawValue: try row.text())
        let outcome = try row.word(AuditEvent.Outcome.self)
        let (actor, subject, session) = (try row.optionalID(), try row.optionalID(), try row.optionalID())
        let (address, userAgent, requestID) = (try row.optionalText(), try row.text(), try row.optionalText())
        let text = try row.text()
        // Only a hand that wrote into the table can have made it something else.
        guard let details = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else { throw row.unreadable() }
        return AuditEvent(
            id: id, at: at, action: action, outcome: outcome, actor: actor, subject: subject, sessionID: session, address: address,
            userAgent: userAgent, requestID: requestID, details: details)
    }
}

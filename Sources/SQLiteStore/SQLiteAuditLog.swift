import Foundation
import GRDB
public import Identity

/// The audit trail in SQLite; triggers of the table itself refuse to change or remove a line.
public struct SQLiteAuditLog: AuditLog {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func append(_ event: AuditEvent) async throws { try await append([event]) }

    public func append(_ events: [AuditEvent]) async throws {
        // A task of its own: what was done is written down also where who did it has hung up meanwhile.
        try await Task { [database] in
            try await database.writeApart { try AuditInsertion.insert(events, $0) }
        }.value
    }

    public func events(_ query: AuditQuery) async throws -> [AuditEvent] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func add(_ condition: String, _ values: StatementArguments?) {
            guard let values else { return }
            conditions.append(condition)
            arguments += values
        }
        add("subject = ?", query.subject.map { [$0] })
        add("actor = ?", query.actor.map { [$0] })
        add("action = ?", query.action.map { [$0.rawValue.bytes] })
        add("outcome = ?", query.outcome.map { [$0.rawValue] })
        add("address = ?", query.address.map { [$0.bytes] })
        add("(at, id) < (?, ?)", query.after.map { [$0.at.milliseconds, $0.id] })
        let sql = """
            SELECT \(AuditInsertion.columns) FROM auditEvent \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY at DESC, id DESC LIMIT ?
            """
        arguments += [max(0, query.limit)]
        return try await database.read { [arguments] database in
            try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map(Self.event)
        }
    }

    private static func event(_ row: Row) throws -> AuditEvent {
        AuditEvent(
            id: row[0], at: Date(milliseconds: row[1]), action: AuditAction(rawValue: String(bytes: row[2])),
            outcome: try UnreadableRow.known(AuditEvent.Outcome(rawValue: row[3]), "auditEvent", "outcome"), actor: row[4], subject: row[5],
            sessionID: row[6], address: (row[7] as Data?).map(String.init(bytes:)), userAgent: String(bytes: row[8]),
            requestID: (row[9] as Data?).map(String.init(bytes:)), details: try JSONDecoder().decode([String: String].self, from: row[10]))
    }
}

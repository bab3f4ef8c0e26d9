import Foundation
import GRDB
public import Identity

/// The audit trail in SQLite; triggers of the table itself refuse to change or remove a line.
public struct SQLiteAuditLog: AuditLog {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    private static let columns = "id, at, action, outcome, actor, subject, sessionID, address, userAgent, requestID, details"

    public func append(_ event: AuditEvent) async throws { try await append([event]) }

    public func append(_ events: [AuditEvent]) async throws {
        // A task of its own: what was done is written down also where who did it has hung up meanwhile.
        try await Task { [database] in
            try await database.write { database in
                // A trigger passes over an id that is there.
                let statement = try database.cachedStatement(
                    sql: "INSERT INTO auditEvent (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                for event in events {
                    try statement.execute(arguments: [
                        event.id, event.at.milliseconds, event.action.rawValue.bytes, event.outcome.rawValue, event.actor, event.subject,
                        event.sessionID, event.address?.bytes, event.userAgent.bytes, event.requestID?.bytes, try Self.json(event.details),
                    ])
                }
            }
        }.value
    }

    /// `JSONEncoder` costs more than the rest of the row for a few short words, so only what has to be escaped is left to it.
    static func json(_ details: [String: String]) throws -> Data {
        func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C } }
        guard details.allSatisfy({ isPlain($0.key) && isPlain($0.value) }) else { return try JSONEncoder().encode(details) }
        var json = Data("{".utf8)
        for (name, value) in details {
            if json.count > 1 { json.append(contentsOf: ",".utf8) }
            json.append(contentsOf: "\"\(name)\":\"\(value)\"".utf8)
        }
        json.append(contentsOf: "}".utf8)
        return json
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
            SELECT \(Self.columns) FROM auditEvent \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
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

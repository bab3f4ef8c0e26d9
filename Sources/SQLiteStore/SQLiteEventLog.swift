public import Foundation
import GRDB
public import Identity

/// Events in SQLite.
public struct SQLiteEventLog: EventLog {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    private static let columns = "id, at, source, kind, text, userID"

    public func append(_ event: StackEvent) async throws {
        try await database.write { database in
            try database.cachedStatement(sql: "INSERT INTO stackEvent (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
                .execute(arguments: [event.id, event.at.milliseconds, event.source.bytes, event.kind.bytes, event.text.bytes, event.userID])
        }
    }

    public func recent(of userID: UUID?, limit: Int) async throws -> [StackEvent] {
        try await database.read { database in
            let newest = "ORDER BY at DESC, id DESC LIMIT ?1"
            let limit = max(0, limit)
            guard let userID else {
                let statement = try database.cachedStatement(sql: "SELECT \(Self.columns) FROM stackEvent \(newest)")
                return try Row.fetchAll(statement, arguments: [limit]).map(Self.event)
            }
            // Each half reads no more than it gives, however many events others have.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM (SELECT \(Self.columns) FROM stackEvent WHERE userID = ?2 \(newest))
                    UNION ALL SELECT * FROM (SELECT \(Self.columns) FROM stackEvent WHERE userID IS NULL \(newest)) \(newest)
                    """)
            return try Row.fetchAll(statement, arguments: [limit, userID]).map(Self.event)
        }
    }

    public func remove(before time: Date) async throws -> Int {
        try await database.write { database in
            try database.cachedStatement(sql: "DELETE FROM stackEvent WHERE at < ?").execute(arguments: [time.milliseconds])
            return database.changesCount
        }
    }

    private static func event(_ row: Row) -> StackEvent {
        StackEvent(
            id: row[0], at: Date(milliseconds: row[1]), source: String(bytes: row[2]), kind: String(bytes: row[3]), text: String(bytes: row[4]),
            userID: row[5])
    }
}

import Foundation
import GRDB
public import Site

/// Contact messages in SQLite.
public struct SQLiteContactMessageStore: ContactMessageStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func add(_ message: ContactMessage) async throws {
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO contactMessage (id, receivedAt, name, email, message) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                arguments: [
                    message.id.uuidString, message.receivedAt.timeIntervalSince1970, message.name.bytes, message.email.bytes, message.message.bytes,
                ])
        }
    }

    public func messages(limit: Int) async throws -> [ContactMessage] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM contactMessage ORDER BY receivedAt DESC, id LIMIT ?", arguments: [max(0, limit)])
                .compactMap { row in
                    guard let id = UUID(uuidString: row["id"]) else { return nil }
                    return ContactMessage(
                        id: id, receivedAt: Date(timeIntervalSince1970: row["receivedAt"]), name: String(bytes: row["name"]),
                        email: String(bytes: row["email"]), message: String(bytes: row["message"]))
                }
        }
    }
}

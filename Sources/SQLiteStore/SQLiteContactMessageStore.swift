import Foundation
import GRDB
public import Site

/// Contact messages in SQLite.
public struct SQLiteContactMessageStore: ContactMessageStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func add(_ message: ContactMessage) async throws {
        try await SQLiteDatabase.unavailable {
            try await database.queue.write { database in
                try database.execute(
                    sql: "INSERT INTO contactMessage (id, receivedAt, name, email, message) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    arguments: [
                        message.id.uuidString, message.receivedAt.timeIntervalSince1970, Data(message.name.utf8), Data(message.email.utf8),
                        Data(message.message.utf8),
                    ])
            }
        }
    }

    public func messages(limit: Int) async throws -> [ContactMessage] {
        try await SQLiteDatabase.unavailable {
            try await database.queue.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM contactMessage ORDER BY receivedAt DESC, id LIMIT ?", arguments: [max(0, limit)])
                    .compactMap { row in
                        guard let id = UUID(uuidString: row["id"]) else { return nil }
                        return ContactMessage(
                            id: id, receivedAt: Date(timeIntervalSince1970: row["receivedAt"]), name: text(row["name"]), email: text(row["email"]),
                            message: text(row["message"]))
                    }
            }
        }
    }

    /// Strangers' texts are kept as bytes: SQLite ends a text at its first NUL.
    private func text(_ bytes: Data) -> String { String(decoding: bytes, as: UTF8.self) }
}

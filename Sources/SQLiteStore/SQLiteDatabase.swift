import GRDB
import Site

/// The one SQLite file that holds everything durable where no server is configured.
public final class SQLiteDatabase: Sendable {
    let queue: DatabaseQueue

    /// Opens or makes the file at `path` and brings its tables up to date.
    ///
    /// A commit is on the disk before it is acknowledged (`synchronous = FULL`).
    /// - Throws: ``StoreUnavailable`` where the file cannot be opened or is no database.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        queue = try Self.unavailable { try DatabaseQueue(path: path, configuration: configuration) }
        try Self.unavailable { try Self.migrations.migrate(queue) }
    }

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 contact messages") { database in
            try database.create(table: "contactMessage") { table in
                table.primaryKey("id", .text)
                table.column("receivedAt", .double).notNull().indexed()
                table.column("name", .blob).notNull()
                table.column("email", .blob).notNull()
                table.column("message", .blob).notNull()
            }
        }
        return migrator
    }

    static func unavailable<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw StoreUnavailable(store: "SQLite", reason: "\(error)") }
    }

    static func unavailable<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StoreUnavailable(store: "SQLite", reason: "\(error)")
        }
    }
}

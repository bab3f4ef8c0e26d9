import Foundation
import Identity
import Logging
import MongoStore
import PostgresStore
import SQLiteStore
import Site

/// The stores of accounts as the settings choose them, opened.
struct AccountDatabases: Sendable {
    let stores: Accounts.Stores
    let mongodb: MongoDatabase?
    let postgres: PostgresDatabase?

    /// Connects without waiting for a server that does not answer: whoever signs in is told until it does.
    ///
    /// - Parameter choice: another owner of the accounts than the settings name.
    /// - Throws: ``StartProblem`` for what waiting does not mend.
    static func open(_ settings: ServerSettings, sqlite: SQLiteDatabase, choice: AccountStoreChoice? = nil, _ logger: Logger) async throws -> Self {
        let choice = choice ?? settings.accountStore
        let mongodb =
            choice == .mongodb ? settings.mongodb.map { uri in MongoDatabase(uri, now: { ContinuousClock.now }) { logger.warning("\($0)") } } : nil
        let postgres = settings.postgres.map { PostgresDatabase(uri: $0, now: { ContinuousClock.now }) }
        if let mongodb { await prepare("MongoDB", logger, mongodb.prepare) }
        if let postgres {
            do {
                try await postgres.prepare()
            } catch let error as NewerDatabase {
                throw StartProblem.database(.postgres, error)
            } catch {
                logger.warning("PostgreSQL does not answer yet: \(error)")
            }
        }
        let audit: any AuditLog = postgres.map(PostgresAuditLog.init) ?? mongodb.map(MongoAuditLog.init) ?? SQLiteAuditLog(sqlite)
        let stores =
            if let mongodb {
                Accounts.Stores(
                    users: MongoUserStore(mongodb), sessions: MongoSessionStore(mongodb), links: MongoOneTimeLinkStore(mongodb), audit: audit,
                    events: MongoEventLog(mongodb))
            } else if choice == .postgres, let postgres {
                Accounts.Stores(
                    users: PostgresUserStore(postgres), sessions: PostgresSessionStore(postgres), links: PostgresOneTimeLinkStore(postgres),
                    audit: audit, events: PostgresEventLog(postgres))
            } else {
                Accounts.Stores(
                    users: SQLiteUserStore(sqlite), sessions: SQLiteSessionStore(sqlite), links: SQLiteOneTimeLinkStore(sqlite), audit: audit,
                    events: SQLiteEventLog(sqlite))
            }
        return AccountDatabases(stores: stores, mongodb: mongodb, postgres: postgres)
    }

    private static func prepare(_ name: String, _ logger: Logger, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning("\(name) does not answer yet: \(error)")
        }
    }

    func close() async {
        await mongodb?.shutdown()
        postgres?.close()
    }
}

import BlockingCalls
import Foundation
import Identity
import Logging
import MongoStore
import NIOCore
import NIOPosix
import PostgresStore
import RedisStore
import SQLiteStore
import Site

/// The stores of accounts as the settings choose them, opened.
struct AccountDatabases: Sendable {
    private(set) var stores: Accounts.Stores
    /// Whose the accounts are.
    let choice: AccountStoreChoice
    let sqlite: SQLiteDatabase
    let mongodb: MongoDatabase?
    let postgres: PostgresDatabase?
    /// Where this made the connection itself.
    private var ownRedis: RedisClient?

    /// Connects without waiting for a server that does not answer: whoever signs in is told until it does.
    ///
    /// - Parameters:
    ///   - choice: another owner of the accounts than the settings name.
    ///   - redis: of the process, if it has one already; otherwise one is made where the settings name Redis and another
    ///     process may have the stores too, since what ends here has to end there.
    ///   - onCall: hears how each call of a server ended.
    /// - Throws: ``StartProblem`` for what waiting does not mend.
    static func open(
        _ settings: ServerSettings, sqlite: SQLiteDatabase, choice: AccountStoreChoice? = nil, redis: RedisClient? = nil, _ logger: Logger,
        onCall: @escaping @Sendable (AccountStoreChoice, CallOutcome) -> Void = { _, _ in }
    ) async throws -> Self {
        let choice = choice ?? settings.accountStore
        let mongodb =
            choice == .mongodb
            ? settings.mongodb.map { uri in
                MongoDatabase(uri, now: { ContinuousClock.now }, onWarning: { logger.warning("\($0)") }, onCall: { onCall(.mongodb, $0) })
            } : nil
        let postgres = settings.postgres.map { PostgresDatabase(uri: $0, now: { ContinuousClock.now }, onCall: { onCall(.postgres, $0) }) }
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
        var stores =
            if let mongodb {
                Accounts.Stores(
                    users: MongoUserStore(mongodb), sessions: MongoSessionStore(mongodb), links: MongoOneTimeLinkStore(mongodb), audit: audit,
                    events: MongoEventLog(mongodb))
            } else if choice == .postgres, let postgres {
                Accounts.Stores(
                    users: PostgresUserStore(postgres), sessions: PostgresSessionStore(postgres), links: PostgresOneTimeLinkStore(postgres),
                    audit: audit, events: PostgresEventLog(postgres), lookup: PostgresSessionStore(postgres))
            } else {
                Accounts.Stores(
                    users: SQLiteUserStore(sqlite), sessions: SQLiteSessionStore(sqlite), links: SQLiteOneTimeLinkStore(sqlite), audit: audit,
                    events: SQLiteEventLog(sqlite), lookup: SQLiteSessionLookup(sqlite))
            }
        var databases = AccountDatabases(stores: stores, choice: choice, sqlite: sqlite, mongodb: mongodb, postgres: postgres)
        // A file is of one machine, and its own processes see every change of it at once.
        guard choice != .sqlite, settings.redis != nil else { return databases }
        databases.ownRedis = redis == nil ? try await connect(settings, logger) : nil
        guard let client = redis ?? databases.ownRedis else { return databases }
        let cache = RedisSessionCache(client, makeTicket: { UUID().uuidString }, sleep: { try await Task.sleep(for: $0) })
        stores.lookup = cache.lookup(over: stores.lookup)
        stores.sessions = cache.sessions(stores.sessions)
        stores.users = cache.users(stores.users)
        databases.stores = stores
        return databases
    }

    private static func connect(_ settings: ServerSettings, _ logger: Logger) async throws -> RedisClient? {
        guard let url = settings.redis else { return nil }
        let client: RedisClient
        do throws(RedisError) {
            client = try RedisClient(
                url: url, group: MultiThreadedEventLoopGroup.singleton, logger: logger, now: { ContinuousClock.now },
                jitter: { Double.random(in: 0..<1) })
        } catch {
            throw StartProblem.redis(error)
        }
        client.start()
        // `try?`: it may be away. Without it, changes take longer to be acknowledged.
        try? await client.waitUntilReady(within: .milliseconds(300))
        return client
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
        await ownRedis?.shutdown()
    }
}

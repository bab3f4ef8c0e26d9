import MongoStore
import Site
import Synchronization
import TestSupport

/// A database for one test, and what it warned of.
struct TestDatabase {
    let database: MongoDatabase
    let warnings: Warnings

    var users: MongoUserStore { MongoUserStore(database) }
    var sessions: MongoSessionStore { MongoSessionStore(database) }
    var links: MongoOneTimeLinkStore { MongoOneTimeLinkStore(database) }
    var events: MongoEventLog { MongoEventLog(database) }
    var audit: MongoAuditLog { MongoAuditLog(database) }

    /// Runs `test` with the database at `uri`, and ends it.
    static func run(_ uri: String, line: Int = 256, test: (TestDatabase) async throws -> Void) async throws {
        let warnings = Warnings()
        let database = try MongoDatabase(MongoURI(uri), line: line, now: { ContinuousClock.now }, onWarning: { warnings.add($0) })
        do {
            try await test(TestDatabase(database: database, warnings: warnings))
        } catch {
            await database.shutdown()
            throw error
        }
        await database.shutdown()
    }

    /// Runs `test` with an empty database of the server that tests share, which goes away afterwards.
    static func run(test: (TestDatabase, MongoTestDatabase) async throws -> Void) async throws {
        let place = try await MongoTestDatabase()
        do {
            try await run(place.uri) { try await test($0, place) }
        } catch {
            try await place.drop()
            throw error
        }
        try await place.drop()
    }

    /// The error of one ping, and how long it took.
    func failure() async -> (reason: String?, time: Duration) {
        let start = ContinuousClock.now
        do {
            try await database.ping()
            return (nil, ContinuousClock.now - start)
        } catch let error as StoreUnavailable {
            return (error.reason, ContinuousClock.now - start)
        } catch {
            return ("not the error that was promised: \(error)", ContinuousClock.now - start)
        }
    }
}

final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}

import Foundation
import PostgresStore
import TestSupport
import Testing

/// Everything that talks to a server, one after the other: deadlines are real.
@Suite(.serialized, .enabled(if: PostgresTestDatabase.isAvailable, "PostgreSQL is not installed: apt-get install postgresql"))
struct PostgresTests {
    /// Runs `test` with the connections to an empty database, and closes them.
    static func run(limits: PostgresLimits = PostgresLimits(), test: (PostgresDatabase) async throws -> Void) async throws {
        let database = try await PostgresTestDatabase()
        try await run(database.uri, limits: limits, test: test)
        withExtendedLifetime(database) {}
    }

    /// Runs `test` with the connections to the database at `uri`, and closes them.
    static func run(_ uri: String, limits: PostgresLimits = PostgresLimits(), test: (PostgresDatabase) async throws -> Void) async throws {
        let database = PostgresDatabase(uri: try PostgresURI(uri), limits: limits, now: { ContinuousClock.now })
        defer { database.close() }
        try await test(database)
    }
}

import Foundation
import Identity
import Site
import TestSupport
import Testing

@testable import PostgresStore

extension PostgresTests {
    @Suite struct SchemaTests {
        @Test func `processes that start at once all find the tables made once`() async throws {
            let database = try await PostgresTestDatabase()
            let uri = try PostgresURI(database.uri)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let database = PostgresDatabase(uri: uri, now: { ContinuousClock.now })
                        defer { database.close() }
                        try await database.prepare()
                    }
                }
                try await group.waitForAll()
            }
            try await PostgresTests.run(database.uri) { database in
                let applied = try await database.rows("SELECT number FROM app.migrations ORDER BY number") { row throws(PostgresFailure) in
                    Int(try row.integer())
                }
                #expect(applied == Migration.all.map(\.number))
            }
        }

        @Test func `migrations are numbered without gaps`() {
            #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
        }

        @Test func `a database of a newer program is refused, and left as it is`() async throws {
            let database = try await PostgresTestDatabase()
            try await PostgresTests.run(database.uri) { database in
                _ = try await database.query("INSERT INTO app.migrations (number, name) VALUES (9000, 'of tomorrow')")
            }
            try await PostgresTests.run(database.uri) { database in
                let problem = await #expect(throws: NewerDatabase.self) { try await database.prepare() }
                #expect(problem?.version == 9000 && problem.map { "\($0)".contains("version 9000") } == true)
                let refusal = await #expect(throws: StoreUnavailable.self) { _ = try await PostgresUserStore(database).count(.user) }
                #expect(refusal?.reason.contains("version 9000") == true)
            }
        }

        @Test func `who may not make tables hears what is missing, and whoever finds them made needs not`() async throws {
            let server = try await PostgresServer()
            let uri = try await server.makeDatabase()
            try await PostgresTests.run(uri) { owner in
                // Where only the role is there, the tables cannot be made.
                _ = try await owner.query("CREATE ROLE guest LOGIN PASSWORD 'guest'")
            }
            let empty = try await server.makeDatabase()
            let guest = { (uri: String) in uri.replacing("\(PostgresServer.user):\(server.password)@", with: "guest:guest@") }
            try await PostgresTests.run(guest(empty)) { database in
                let problem = await #expect(throws: StoreUnavailable.self) { try await database.prepare() }
                #expect(problem?.reason.contains("permission denied") == true)
            }
            try await PostgresTests.run(uri) { owner in
                _ = try await owner.query("GRANT USAGE ON SCHEMA app TO guest")
                _ = try await owner.query("GRANT SELECT ON ALL TABLES IN SCHEMA app TO guest")
            }
            try await PostgresTests.run(guest(uri)) { database in
                try await database.prepare()
                #expect(try await PostgresUserStore(database).count(.user) == 0)
            }
        }

        @Test func `tables are made by the first call where the start found no server`() async throws {
            let server = try await PostgresServer(isDurable: true)
            server.kill()
            try await PostgresTests.run(server.uri) { database in
                await #expect(throws: StoreUnavailable.self) { try await database.prepare() }
                try await server.restart()
                let users = PostgresUserStore(database)
                #expect(try await eventually { (try? await users.count(.admin)) == 0 } != nil)
            }
        }

        @Test(arguments: [
            "UPDATE audit.events SET action = 'x'", "DELETE FROM audit.events", "TRUNCATE audit.events", "DELETE FROM audit.events WHERE false",
        ])
        func `the audit trail refuses every change`(_ change: String) async throws {
            let place = try await PostgresTestDatabase()
            // As a subscriber writes what another server did; other triggers are passed by then.
            for options in ["", "?options=-c%20session_replication_role%3Dreplica"] {
                try await PostgresTests.run(place.uri + options) { database in
                    let log = PostgresAuditLog(database)
                    let event = AuditEvent(id: UUID(), at: Date(timeIntervalSince1970: 1), action: .signIn)
                    try await log.append(event)
                    let problem = await #expect(throws: StoreUnavailable.self) { _ = try await database.query(change) }
                    #expect(problem?.reason.contains("append-only") == true)
                    #expect(try await log.events(AuditQuery()).contains(event))
                }
            }
        }
    }
}

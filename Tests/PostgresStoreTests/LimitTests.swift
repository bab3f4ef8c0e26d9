import Foundation
import Identity
import Site
import TestSupport
import Testing

@testable import PostgresStore

extension PostgresTests {
    @Suite struct LimitTests {
        @Test func `as many calls run at once as there are connections, and no more wait than may`() async throws {
            var limits = PostgresLimits()
            limits.connections = 2
            limits.line = 3
            limits.wait = .seconds(10)
            try await PostgresTests.run(limits: limits) { database in
                try await database.prepare()
                // The call is done a moment before its thread is free.
                #expect(try await eventually { database.load == 0 } != nil)
                var tasks: [Task<PostgresAnswer, any Error>] = []
                for count in 1...5 {
                    tasks.append(Task { try await database.query("SELECT pg_sleep(0.8)") })
                    #expect(try await eventually { database.load == count } != nil)
                }
                var refused: [StoreUnavailable] = []
                for _ in 0..<15 {
                    do { _ = try await database.query("SELECT 1") } catch let error as StoreUnavailable { refused.append(error) }
                }
                #expect(refused.count == 15)
                for task in tasks { #expect(try await task.value.count == 1) }
                #expect(refused.allSatisfy { $0.store == "PostgreSQL" && $0.reason.contains("too many calls") })
                let connections = try await database.rows(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'landing'"
                ) { row throws(PostgresFailure) in try row.integer() }
                #expect(connections == [2])
                #expect(try await eventually { database.load == 0 } != nil)
            }
        }

        @Test func `who has waited too long is refused instead of begun`() async throws {
            var limits = PostgresLimits()
            limits.connections = 1
            limits.wait = .milliseconds(200)
            try await PostgresTests.run(limits: limits) { database in
                try await database.prepare()
                // The call is done a moment before its thread is free.
                #expect(try await eventually { database.load == 0 } != nil)
                let first = Task { try await database.query("SELECT pg_sleep(0.6)") }
                #expect(try await eventually { database.load == 1 } != nil)
                await #expect(throws: StoreUnavailable.self) { _ = try await database.query("SELECT 1") }
                _ = try await first.value
                _ = try await database.query("SELECT 1")
            }
        }

        @Test func `a cancelled caller leaves the line, and its connection to others`() async throws {
            var limits = PostgresLimits()
            limits.connections = 1
            try await PostgresTests.run(limits: limits) { database in
                try await database.prepare()
                // The call is done a moment before its thread is free.
                #expect(try await eventually { database.load == 0 } != nil)
                let first = Task { try await database.query("SELECT pg_sleep(0.5)") }
                #expect(try await eventually { database.load == 1 } != nil)
                let second = Task { try await database.query("SELECT 1") }
                #expect(try await eventually { database.load == 2 } != nil)
                second.cancel()
                await #expect(throws: CancellationError.self) { _ = try await second.value }
                #expect(database.load == 1)
                first.cancel()
                _ = try await first.value
                #expect(try await database.query("SELECT 1").count == 1)
            }
        }

        @Test func `a closed database refuses calls and keeps no connection`() async throws {
            let database = try await PostgresTestDatabase()
            try await PostgresTests.run(database.uri) { watcher in
                let closed = PostgresDatabase(uri: try PostgresURI(database.uri + "?application_name=closed"), now: { ContinuousClock.now })
                _ = try await closed.query("SELECT 1")
                #expect(try await eventually { closed.load == 0 } != nil)
                let running = Task { try await closed.query("SELECT pg_sleep(0.3)") }
                #expect(try await eventually { closed.load == 1 } != nil)
                closed.close()
                let error = await #expect(throws: StoreUnavailable.self) { _ = try await closed.query("SELECT 1") }
                #expect(error?.reason == "it is closed")
                _ = try? await running.value
                #expect(
                    try await eventually {
                        try await watcher.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'closed'").count == 0
                    } != nil)
            }
        }

        @Test func `a large value goes both ways without a deadlock`() async throws {
            try await PostgresTests.run { database in
                let events = PostgresEventLog(database)
                let text = String(repeating: "0123456789abcdef", count: 1 << 18)
                try await events.append(StackEvent(id: UUID(), at: Date(timeIntervalSince1970: 0), source: "a", kind: "b", text: text))
                #expect(try await events.recent(of: nil, limit: 1).first?.text == text)
            }
        }

        @Test func `notices of the server do not fail a call`() async throws {
            try await PostgresTests.run { database in
                for _ in 0..<3 { _ = try await database.query("DO $$ BEGIN RAISE NOTICE 'a'; RAISE WARNING 'b'; END $$") }
            }
        }

        @Test func `a transaction that somebody left open is not given to the next`() async throws {
            var limits = PostgresLimits()
            limits.connections = 1
            try await PostgresTests.run(limits: limits) { database in
                func backend() async throws -> [Int64] {
                    try await database.rows("SELECT pg_backend_pid()::bigint") { row throws(PostgresFailure) in try row.integer() }
                }
                let before = try await backend()
                #expect(try await backend() == before)
                _ = try await database.query("BEGIN")
                #expect(try await backend() != before)
                let open = "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
                #expect(try await eventually { try await database.query(open).count == 0 } != nil)
            }
        }
    }
}

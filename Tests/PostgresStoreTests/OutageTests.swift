import Foundation
import Identity
import Site
import TestSupport
import Testing

@testable import PostgresStore

extension PostgresTests {
    @Suite struct OutageTests {
        @Test func `a killed server fails callers at once, and is used within six seconds of its return`() async throws {
            let server = try await PostgresServer(isDurable: true)
            try await PostgresTests.run(server.uri) { database in
                let user = try await Self.addUser(database)
                server.kill()
                // Each connection of before is found dead before anything is sent on it.
                let first = await Self.failure(database)
                #expect(first.error?.store == "PostgreSQL" && first.time < .seconds(3))
                for _ in 0..<100 {
                    let (error, time) = await Self.failure(database)
                    guard error == nil || time < .milliseconds(50) else {
                        Issue.record("\(String(describing: error)) after \(time)")
                        return
                    }
                }
                #expect(await Self.failure(database).error?.reason.contains("refused") == true)
                try await server.restart()
                let recovery = try await eventually { await Self.failure(database).error == nil }
                #expect(recovery.map { $0 < .seconds(6) } == true)
                #expect(try await PostgresUserStore(database).user(user.id) == user)
            }
        }

        @Test func `a server that was restarted between two calls costs neither an error`() async throws {
            let server = try await PostgresServer(isDurable: true)
            try await PostgresTests.run(server.uri) { database in
                let user = try await Self.addUser(database)
                for _ in 0..<3 {
                    try await server.restart()
                    #expect(try await PostgresUserStore(database).user(user.id) == user)
                }
            }
        }

        @Test func `a stopped server costs calls their deadline once, and later ones nothing`() async throws {
            let server = try await PostgresServer()
            try await PostgresTests.run(server.uri) { database in
                let user = try await Self.addUser(database)
                server.pause()
                let tasks = (0..<20).map { _ in Task { await Self.failure(database) } }
                for task in tasks {
                    let (error, time) = await task.value
                    #expect(
                        error?.reason == "no answer in time" || error?.reason == "no connection in time" || error?.reason.contains("too many") == true
                    )
                    #expect(time < .milliseconds(3_500))
                }
                #expect(try await eventually { database.load == 0 } != nil)
                // Until more than one attempt has run into its deadline: at most one at a time waits for it.
                let slow = try await withThrowingTaskGroup(of: Int.self) { group in
                    let end = ContinuousClock.now + .seconds(5)
                    for _ in 0..<8 {
                        group.addTask {
                            var slow = 0
                            while ContinuousClock.now < end {
                                if await Self.failure(database).time > .milliseconds(100) { slow += 1 }
                                try await Task.sleep(for: .milliseconds(5))
                            }
                            return slow
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect((1...3).contains(slow))
                server.resume()
                let recovery = try await eventually { await Self.failure(database).error == nil }
                #expect(recovery.map { $0 < .seconds(6) } == true)
                #expect(try await PostgresUserStore(database).user(user.id) == user)
            }
        }

        @Test func `a statement that takes too long is ended by the server, and others go on`() async throws {
            try await PostgresTests.run { database in
                let user = try await Self.addUser(database)
                let slow = Task { try await database.query("SELECT pg_sleep(30)") }
                for _ in 0..<50 { #expect(try await PostgresUserStore(database).user(user.id) == user) }
                let error = await #expect(throws: StoreUnavailable.self) { _ = try await slow.value }
                #expect(error?.reason.contains("statement timeout") == true)
                #expect(await Self.failure(database).error == nil)
            }
        }

        @Test func `a lock that nobody frees costs a second`() async throws {
            try await PostgresTests.run { database in
                let user = try await Self.addUser(database)
                let holder = Task {
                    try await database.query("DO $$ BEGIN LOCK TABLE app.users; PERFORM pg_sleep(1.9); END $$")
                }
                #expect(try await eventually { try await Self.isLocked(database) } != nil)
                let error = await #expect(throws: StoreUnavailable.self) { _ = try await PostgresUserStore(database).user(user.id) }
                #expect(error?.reason.contains("lock timeout") == true)
                _ = try await holder.value
                #expect(try await PostgresUserStore(database).user(user.id) == user)
            }
        }

        @Test func `a connection that the server ends is replaced without an error`() async throws {
            try await PostgresTests.run { database in
                let user = try await Self.addUser(database)
                for _ in 0..<5 {
                    _ = try await database.query(
                        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
                    try await withThrowingTaskGroup(of: User?.self) { group in
                        for _ in 0..<4 { group.addTask { try await PostgresUserStore(database).user(user.id) } }
                        for try await found in group { #expect(found == user) }
                    }
                }
            }
        }

        @Test func `a connection that is ended while it works breaks nothing for the others`() async throws {
            try await PostgresTests.run { database in
                let user = try await Self.addUser(database)
                let victim = Task { try await database.query("SELECT pg_sleep(1.5)") }
                #expect(
                    try await eventually {
                        try await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'").count
                            > 0
                    } != nil)
                // Nothing was done, so it was done again on another connection.
                #expect(try await victim.value.count == 1)
                #expect(try await PostgresUserStore(database).user(user.id) == user)
            }
        }

        @Test func `a wrong password is told without the password`() async throws {
            let server = try await PostgresServer(password: "right'\\ @:/?#[]% pässword")
            try await PostgresTests.run(server.uri) { #expect(await Self.failure($0).error == nil) }
            try await PostgresTests.run(server.uri(password: "wrong-one")) { database in
                let error = await Self.failure(database).error
                #expect(error?.reason.contains("password authentication failed") == true && error?.reason.contains("wrong-one") == false)
            }
        }

        @Test func `a server is reached by its socket, and by the second of two hosts`() async throws {
            let server = try await PostgresServer(password: "secret")
            try await PostgresTests.run("postgres://landing:secret@/postgres?host=\(server.socketFolder)&port=\(server.port)") { database in
                #expect(await Self.failure(database).error == nil)
            }
            try await PostgresTests.run("postgres://landing:secret@127.0.0.1:1,127.0.0.1:\(server.port)/postgres") { database in
                #expect(await Self.failure(database).error == nil)
            }
        }

        @Test func `what was acknowledged survives the death of the server`() async throws {
            let server = try await PostgresServer(isDurable: true)
            try await PostgresTests.run(server.uri) { database in
                let log = PostgresAuditLog(database)
                var acknowledged: [UUID] = []
                for number in 0..<50 {
                    let event = AuditEvent(id: UUID(), at: Date(timeIntervalSince1970: Double(number)), action: .signIn)
                    try await log.append(event)
                    acknowledged.append(event.id)
                }
                server.kill()
                try await server.restart()
                #expect(try await eventually { (try? await log.events(AuditQuery(limit: 100)).map(\.id)) == acknowledged.reversed() } != nil)
            }
        }

        private static func addUser(_ database: PostgresDatabase) async throws -> User {
            let user = try User(
                id: UUID(), email: #require(EmailAddress("ann@example.org")), name: "Ann", role: .user, createdAt: Date(timeIntervalSince1970: 1))
            try await PostgresUserStore(database).add(user)
            return user
        }

        private static func isLocked(_ database: PostgresDatabase) async throws -> Bool {
            try await database.query(
                "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = to_regclass('app.users')"
            ).count > 0
        }

        /// The error of one call, and how long it took.
        static func failure(_ database: PostgresDatabase) async -> (error: StoreUnavailable?, time: Duration) {
            let start = ContinuousClock.now
            do {
                _ = try await PostgresUserStore(database).count(.admin)
                return (nil, ContinuousClock.now - start)
            } catch {
                let other = StoreUnavailable(store: "another error", reason: "\(error)")
                return (error as? StoreUnavailable ?? other, ContinuousClock.now - start)
            }
        }
    }
}

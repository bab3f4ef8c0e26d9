import BlockingCalls
import Foundation
import Identity
import MongoStore
import Site
import TestSupport
import Testing

extension MongoTests {
    @Suite struct OutageTests {
        private let user = User(
            id: UUID(), email: EmailAddress("ann@example.org")!, name: "Ann", role: .user, createdAt: Date(timeIntervalSince1970: 1))

        @Test func `a killed server fails callers soon, then at once, and is used again when it is back`() async throws {
            let server = try await MongoServer()
            try await TestDatabase.run(server.uri()) { test in
                try await test.users.add(user)
                server.kill()
                let (reason, time) = await test.failure()
                #expect(reason != nil && time < .seconds(4), "\(time)")
                #expect(test.database.outage?.reason == reason)
                for _ in 0..<100 {
                    let (reason, time) = await test.failure()
                    #expect(reason != nil && time < .milliseconds(50), "\(time)")
                }
                try await server.restart()
                let recovery = try await eventually(within: .seconds(15)) { await test.failure().reason == nil }
                #expect(recovery.map { $0 < .seconds(10) } == true)
                #expect(try await test.users.user(user.id) == user)
                #expect(test.database.outage == nil)
                let told = test.warnings.all.filter { $0.hasPrefix("MongoDB") }
                #expect(told.count == 2 && told.last == "MongoDB is available again", "\(told)")
            }
        }

        @Test func `a stopped server costs callers one wait, and nothing later`() async throws {
            let server = try await MongoServer()
            try await TestDatabase.run(server.uri()) { test in
                try await test.users.add(user)
                server.pause()
                var (reason, time) = await test.failure()
                // Its threads stop one by one.
                while reason == nil, time < .seconds(1) { (reason, time) = await test.failure() }
                #expect(reason != nil && time < .milliseconds(4_500), "\(time)")
                for _ in 0..<100 {
                    let (reason, time) = await test.failure()
                    #expect(reason != nil && time < .milliseconds(50), "\(time)")
                }
                server.resume()
                #expect(try await eventually(within: .seconds(15)) { await test.failure().reason == nil } != nil)
                #expect(try await test.users.user(user.id) == user)
            }
        }

        @Test func `many callers of a stopped server all hear of it`() async throws {
            let server = try await MongoServer()
            try await TestDatabase.run(server.uri()) { test in
                try await test.database.prepare()
                server.pause()
                let tasks = (0..<100).map { _ in Task { await test.failure() } }
                for task in tasks {
                    let (reason, time) = await task.value
                    #expect(reason != nil && time < .seconds(6), "\(time)")
                }
                server.resume()
            }
        }

        @Test func `a server that is down at the start is used, with its indexes, once it is there`() async throws {
            let server = try await MongoServer()
            server.kill()
            try await TestDatabase.run(server.uri()) { test in
                let error = await #expect(throws: StoreUnavailable.self) { try await test.database.prepare() }
                #expect(error?.store == "MongoDB" && error?.reason.isEmpty == false)
                try await server.restart()
                #expect(
                    try await eventually(within: .seconds(15)) {
                        do {
                            try await test.users.add(user)
                            return true
                        } catch is StoreUnavailable {
                            return false
                        }
                    } != nil)
                #expect(try await server.command(#"{"listIndexes": "users"}"#, in: "landing").contains(#""unique" : true"#))
            }
        }

        @Test func `what was acknowledged survives a kill`() async throws {
            let server = try await MongoServer()
            try await TestDatabase.run(server.uri()) { test in
                for number in 0..<20 {
                    let email = try #require(EmailAddress("person\(number)@example.org"))
                    try await test.users.add(User(id: UUID(), email: email, name: "P", role: .user, createdAt: user.createdAt))
                }
                server.kill()
                try await server.restart()
                #expect(
                    try await eventually(within: .seconds(15)) {
                        do {
                            return try await test.users.users(matching: nil, after: nil, limit: 100).count == 20
                        } catch is StoreUnavailable {
                            return false
                        }
                    } != nil)
            }
        }

        @Test func `a database that was shut down refuses`() async throws {
            let place = try await MongoTestDatabase()
            let database = try MongoDatabase(MongoURI(place.uri), now: { ContinuousClock.now })
            try await database.ping()
            await database.shutdown()
            await database.shutdown()
            await #expect(throws: StoreUnavailable.self) { try await database.ping() }
            try await place.drop()
        }

        @Test func `more callers than may wait are refused, and the connections stay as many as they may be`() async throws {
            try await TestDatabase.run { test, place in
                try await test.database.prepare()
                try await TestDatabase.run(place.uri + (place.uri.contains("?") ? "&" : "?") + "maxPoolSize=2&appname=limited", line: 3) { limited in
                    try await limited.database.prepare()
                    let refusals = await withTaskGroup(of: String?.self) { group in
                        for _ in 0..<300 { group.addTask { await limited.failure().reason } }
                        return await group.reduce(into: [String]()) { refusals, reason in if let reason { refusals.append(reason) } }
                    }
                    #expect(!refusals.isEmpty && refusals.allSatisfy { $0.contains("too many calls at once") })
                    // The busy are no outage.
                    #expect(limited.database.outage == nil)
                    // Two more watch the server.
                    let connections = try await test.database.connections(of: "limited")
                    #expect((3...4).contains(connections), "\(connections)")
                }
            }
        }
    }
}

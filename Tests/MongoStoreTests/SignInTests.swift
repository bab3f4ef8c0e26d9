import MongoStore
import TestSupport
import Testing

extension MongoTests {
    @Suite struct SignInTests {
        private static let passwords = ["p@ss/w:rd?#[x]", "100%", "ab+/cd=e&f;g", "grün 王", "a%zz"]

        @Test func `a password with reserved characters signs in, encoded or not`() async throws {
            for password in Self.passwords.prefix(2) {
                let server = try await MongoServer(user: "app", password: password)
                for uri in [server.uri(), server.uri(user: "app", password: password)] {
                    try await TestDatabase.run(uri) { test in #expect(await test.failure().reason == nil, "\(uri)") }
                }
                for other in Self.passwords where other != password {
                    // Must be understood as well, and be wrong.
                    try await TestDatabase.run(server.uri(user: "app", password: other)) { test in
                        let (reason, time) = await test.failure()
                        #expect(reason?.contains("Authentication failed") == true && time < .seconds(4), "\(reason ?? "") \(time)")
                        #expect(reason?.contains(other) != true)
                    }
                }
            }
        }

        @Test func `an account that is kept elsewhere is explained`() async throws {
            let server = try await MongoServer(user: "app", password: "secret")
            try await TestDatabase.run("mongodb://app:secret@127.0.0.1:\(server.port)/openclaw") { test in
                let reason = await test.failure().reason
                #expect(reason?.contains("in the database openclaw") == true && reason?.contains("authSource=admin") == true, "\(reason ?? "")")
            }
        }

        @Test func `a replica set is used by its name, signed in`() async throws {
            let server = try await MongoServer(replicaSet: "rs0", user: "app", password: "se/cret")
            #expect(server.uri().contains("replicaSet=rs0"))
            try await TestDatabase.run(server.uri(user: "app", password: "se/cret")) { test in
                #expect(test.database.uri.replicaSet == "rs0")
                try await test.database.prepare()
                #expect(try await test.users.users(matching: nil, after: nil, limit: 1).isEmpty)
                try await server.restart()
                #expect(try await eventually(within: .seconds(15)) { await test.failure().reason == nil } != nil)
            }
            try await TestDatabase.run(server.uri(user: "app", password: "se/cret").replacing("rs0", with: "rs1")) { test in
                #expect(await test.failure().reason != nil)
            }
        }
    }
}

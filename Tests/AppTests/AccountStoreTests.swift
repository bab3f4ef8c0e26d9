import Foundation
import TestSupport
import Testing

/// The program with its accounts in each of the stores.
@Suite struct AccountStoreTests {
    enum Store: String, CaseIterable {
        case sqlite, mongodb, postgres
    }

    private static let password = "a long enough secret"

    /// The settings that choose a store of one's own, and what must live as long.
    private static func environment(_ store: Store, _ data: TemporaryFolder) async throws -> ([String: String], any Sendable) {
        var environment = ["LANDING_DATA": data.path, "LANDING_ORIGIN": "http://agents.example"]
        switch store {
        case .sqlite: return (environment, data)
        case .mongodb:
            let server = try await MongoServer()
            environment["MONGODB_URI"] = server.uri()
            return (environment, server)
        case .postgres:
            let server = try await PostgresServer(isDurable: true)
            environment["POSTGRES_URI"] = server.uri()
            return (environment, server)
        }
    }

    private static func create(_ environment: [String: String], _ email: String, role: String = "user") throws {
        let program = LandingProgram(environment: environment)
        let made = try program.run("user", "create", email, "--role", role)
        #expect(made.status == 0, "\(made.errors)")
    }

    /// Chooses the password behind the link that the command line prints.
    private static func invite(_ environment: [String: String], _ email: String, port: Int) async throws {
        let ending = try LandingProgram(environment: environment).run("user", "password", email)
        let link = try #require(ending.output.firstMatch(of: /\/reset\?token=([A-Za-z0-9_-]{43})/), "\(ending.errors)").output.1
        let answer = try await post("/reset", "token=\(link)&password=\(password)", port: port)
        #expect(answer.status == 303)
    }

    private static func post(_ target: String, _ body: String, port: Int, session: String? = nil) async throws -> HTTPExchange {
        var headers = ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"]
        headers["Cookie"] = session.map { "session=\($0)" }
        return try await HTTPExchange.send("POST", target, port: port, headers: headers, body: body)
    }

    private static func signIn(_ email: String, port: Int) async throws -> HTTPExchange {
        try await post("/sign-in", "email=\(email)&password=\(password)", port: port)
    }

    private static func session(_ answer: HTTPExchange) throws -> String {
        let cookie = answer.header("Set-Cookie") ?? ""
        return String(try #require(cookie.firstMatch(of: /^session=([A-Za-z0-9_-]{43});/), "\(answer.text.prefix(500))").output.1)
    }

    private static func account(_ session: String, port: Int) async throws -> Int {
        try await HTTPExchange.send("GET", "/api/account", port: port, headers: ["Cookie": "session=\(session)"]).status
    }

    @Test(arguments: Store.allCases)
    func `what was acknowledged survives the death of the program`(_ store: Store) async throws {
        let data = try TemporaryFolder()
        let (environment, server) = try await Self.environment(store, data)
        defer { withExtendedLifetime(server) {} }
        do {
            try Self.create(environment, "ada@example.org")
            let program = LandingProgram(environment: environment)
            var kept = ""
            var revoked = ""
            _ = try await program.serve(endsWith: SIGKILL) { port in
                try await Self.invite(environment, "ada@example.org", port: port)
                kept = try Self.session(try await Self.signIn("ada@example.org", port: port))
                revoked = try Self.session(try await Self.signIn("ada@example.org", port: port))
                #expect(try await Self.post("/sign-out", "", port: port, session: revoked).status == 303)
            }
            let status = try await program.serve { port in
                #expect(try await Self.account(kept, port: port) == 200)
                #expect(try await Self.account(revoked, port: port) == 401)
                let list = try LandingProgram(environment: environment).run("session", "list", "ada@example.org")
                #expect(list.output.split(separator: "\n").count == 1)
                #expect(
                    try LandingProgram(environment: environment).run("session", "revoke", "ada@example.org", "--all").output == "Ended 1 sessions\n")
                #expect(try await Self.account(kept, port: port) == 401)
            }
            #expect(status == 0)
        }
    }

    @Test(arguments: [Store.mongodb, .postgres])
    func `a session that one replica ends is out at its next request on the other`(_ store: Store) async throws {
        let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
        let (environment, server) = try await Self.environment(store, one)
        defer { withExtendedLifetime(server) {} }
        do {
            try Self.create(environment, "ada@example.org")
            _ = try await LandingProgram(environment: environment).serve { first in
                let second = environment.merging(["LANDING_DATA": other.path]) { $1 }
                _ = try await LandingProgram(environment: second).serve { second in
                    try await Self.invite(environment, "ada@example.org", port: first)
                    let session = try Self.session(try await Self.signIn("ada@example.org", port: first))
                    #expect(try await Self.account(session, port: second) == 200)
                    #expect(try await Self.post("/account/sessions/revoke-all", "", port: first, session: session).status == 303)
                    #expect(try await Self.account(session, port: second) == 401)
                }
            }
        }
    }

    @Test func `accounts move from one store to another, with their passwords`() async throws {
        let data = try TemporaryFolder()
        let postgres = try await PostgresServer()
        let old = ["LANDING_DATA": data.path, "POSTGRES_URI": postgres.uri(), "ACCOUNT_STORE": "sqlite", "LANDING_ORIGIN": "http://agents.example"]
        let new = old.merging(["ACCOUNT_STORE": "postgres"]) { $1 }
        for number in 1...3 { try Self.create(old, "p\(number)@example.org") }
        _ = try await LandingProgram(environment: old).serve { try await Self.invite(old, "p2@example.org", port: $0) }
        let moved = try LandingProgram(environment: old).run("user", "move", "--to", "postgres")
        #expect(moved.status == 0 && moved.output.hasPrefix("Moved 3 accounts to postgres, all verified\n"), "\(moved.errors)")
        let again = try LandingProgram(environment: old).run("user", "move", "--to", "postgres")
        #expect(again.output.hasPrefix("Moved 0 accounts to postgres; 3 were there already, all verified\n"))
        _ = try await LandingProgram(environment: new).serve { port in
            let answer = try await Self.signIn("p2@example.org", port: port)
            #expect(answer.status == 303)
        }
    }

    @Test(arguments: [Store.mongodb, .postgres], ["killed", "stopped"])
    func `pages do not need the store, and signing in says what is wrong until it is back`(_ store: Store, _ fault: String) async throws {
        let data = try TemporaryFolder()
        let (environment, server) = try await Self.environment(store, data)
        try Self.create(environment, "ada@example.org")
        _ = try await LandingProgram(environment: environment).serve { port in
            try await Self.invite(environment, "ada@example.org", port: port)
            let session = try Self.session(try await Self.signIn("ada@example.org", port: port))
            #expect(try await HTTPExchange.send("GET", "/docs", port: port).status == 200)
            switch (server, fault) {
            case (let server as MongoServer, "killed"): server.kill()
            case (let server as MongoServer, _): server.pause()
            case (let server as PostgresServer, "killed"): server.kill()
            case (let server as PostgresServer, _): server.pause()
            default: Issue.record("no server")
            }
            let refused = try await Self.signIn("ada@example.org", port: port)
            #expect(refused.status == 503 && refused.header("Retry-After") != nil && refused.header("Set-Cookie") == nil)
            #expect(refused.body.contains("The store of accounts does not answer"))
            #expect(try await Self.account(session, port: port) == 503)
            // With a session or without.
            let start = ContinuousClock.now
            for _ in 0..<20 {
                #expect(try await HTTPExchange.send("GET", "/docs", port: port).header("Cache-Status") == "Landing; hit")
                let own = try await HTTPExchange.send("GET", "/docs", port: port, headers: ["Cookie": "session=\(session)"])
                #expect(own.status == 200 && own.header("Set-Cookie") == nil)
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            switch (server, fault) {
            case (let server as MongoServer, "killed"): try await server.restart()
            case (let server as MongoServer, _): server.resume()
            case (let server as PostgresServer, "killed"): try await server.restart()
            case (let server as PostgresServer, _): server.resume()
            default: break
            }
            let recovered = try await eventually(within: .seconds(20)) { try await Self.account(session, port: port) == 200 }
            #expect(recovered != nil)
        }
    }
}

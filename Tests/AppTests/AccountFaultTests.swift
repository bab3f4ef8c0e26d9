import Foundation
import TestSupport
import Testing

#if os(Linux)
/// The program while something is wrong with the store of its accounts.
@Suite(.serialized) struct AccountFaultTests {
    private static let password = "a long enough secret"
    private static let email = "ada@example.org"

    // MARK: SQLite

    @Test(arguments: ["full", "refuses to grow", "takes nothing", "may only be read"])
    func `what a disk has taken stays, and it is used again when it takes more`(_ fault: String) async throws {
        let disk = try SmallDisk()
        let environment = Self.environment(disk.path)
        let program = try await Self.begin(environment, isGuarded: true)
        var acknowledged = [try await Self.session(port: program.port)]
        let files = ["landing.sqlite", "landing.sqlite-wal", "landing.sqlite-shm"].map { "\(disk.path)/\($0)" }
        func permit(_ file: Int, _ folder: Int) throws {
            for path in files { try FileManager.default.setAttributes([.posixPermissions: file], ofItemAtPath: path) }
            try FileManager.default.setAttributes([.posixPermissions: folder], ofItemAtPath: disk.path)
        }
        switch fault {
        case "full": try disk.fill(program)
        case "refuses to grow":
            let sizes = try files.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
            try program.limitFiles(to: sizes.max())
        case "takes nothing": try program.limitFiles(to: 0)
        default: try permit(0o444, 0o555)
        }
        // What is left of the last page may still take one.
        var refused: HTTPExchange?
        for _ in 0..<4 where refused == nil {
            let answer = try await Self.signIn(port: program.port)
            if answer.status == 303 { acknowledged.append(try Self.session(answer)) } else { refused = answer }
        }
        // Files that are open are written, whatever may be done to them from now on.
        if fault == "may only be read" { #expect(refused == nil) } else { Self.expectOutage(try #require(refused)) }
        let state = fault == "may only be read" ? "sqlite: ready" : "sqlite: not writable: "
        try await Self.expectState(state, isUp: fault == "may only be read", .sqlite, port: program.port)
        try await Self.expectQuick(port: program.port)
        for session in acknowledged { #expect(try await Self.account(session, port: program.port) == 200) }
        #expect(try await Self.account(Self.nobodys, port: program.port) == 401)
        switch fault {
        case "full": try disk.clear(program)
        case "refuses to grow", "takes nothing": try program.limitFiles(to: nil)
        default: try permit(0o644, 0o755)
        }
        acknowledged.append(try await Self.session(port: program.port))
        try await Self.expectState("sqlite: ready", isUp: true, .sqlite, port: program.port)
        #expect(program.stop() == 0)
        let again = try await ServedProgram(environment)
        for session in acknowledged { #expect(try await Self.account(session, port: again.port) == 200) }
    }

    @Test(arguments: ["folder", "file"])
    func `the program does not start on data that it may only read, and says so`(_ what: String) async throws {
        let data = try TemporaryFolder()
        let environment = Self.environment(data.path)
        try Self.create(environment)
        func permit(_ isWritable: Bool) throws {
            let path = what == "folder" ? data.path : "\(data.path)/landing.sqlite"
            let permissions = what == "folder" ? (isWritable ? 0o755 : 0o555) : (isWritable ? 0o644 : 0o444)
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        }
        try permit(false)
        let problem = await #expect(throws: ServedProgram.Problem.self) { try await ServedProgram(environment, isGuarded: true) }
        let words = problem?.description ?? ""
        #expect(
            words.hasPrefix("exit code 78: ") && words.contains("LANDING_DATA=\(data.path)") && words.contains("name a folder that can be written"))
        try permit(true)
        let program = try await ServedProgram(environment, isGuarded: true)
        try await Self.choosePassword(environment, port: program.port)
        #expect(try await Self.signIn(port: program.port).status == 303)
    }

    @Test func `a folder for data that cannot be made is named with the system's reason`() async throws {
        let folder = try TemporaryFolder(["file": ""])
        let data = "\(folder.path)/file/data"
        let problem = await #expect(throws: ServedProgram.Problem.self) { try await ServedProgram(Self.environment(data), isGuarded: true) }
        let words = problem?.description ?? ""
        #expect(words.hasPrefix("exit code 78: "))
        #expect(words.contains("LANDING_DATA=\(data): Not a directory; name a folder that can be written"))
    }

    // MARK: Servers

    enum Store: String { case sqlite, mongodb, postgres }

    @Test(arguments: [Store.mongodb, .postgres])
    func `a slow store makes signing in slow, and pages not; one that is too slow is an outage`(_ store: Store) async throws {
        let data = try TemporaryFolder()
        let server = try await Server(store)
        let proxy = try await SlowProxy(to: server.port)
        let environment = server.environment(data, port: proxy.port)
        let program = try await Self.begin(environment)
        let session = try await Self.session(port: program.port)
        proxy.delay = .milliseconds(300)
        #expect(try await Self.account(session, port: program.port) == 200)
        async let signedIn = Self.signIn(port: program.port)
        try await Self.expectQuick(port: program.port)
        #expect(try await signedIn.status == 303)
        proxy.delay = .seconds(8)
        // All at once, while pages are asked for.
        async let first = Self.signIn(port: program.port)
        async let second = Self.signIn(port: program.port)
        async let known = Self.account(session, port: program.port)
        try await Self.expectQuick(port: program.port)
        for answer in [try await first, try await second] { Self.expectOutage(answer) }
        #expect(try await known == 503)
        #expect(try await Self.account(Self.nobodys, port: program.port) == 503)
        try await Self.expectQuick(port: program.port, session: session)
        try await Self.expectState("\(store): unavailable for ", isUp: false, store, port: program.port)
        proxy.delay = .zero
        try await Self.expectRecovery(session, port: program.port)
        #expect(try await Self.signIn(port: program.port).status == 303)
        try await Self.expectState("\(store): ready", isUp: true, store, port: program.port)
        let metrics = try await HTTPExchange.send("GET", "/api/metrics", port: program.port).body
        #expect(metrics.contains(try Regex(#"account_store_calls_total\{[^}]*"unavailable"[^}]*\} [1-9]"#)), "\(metrics)")
    }

    @Test(arguments: [Store.mongodb, .postgres])
    func `an empty store in the place of a full one signs everybody out and lets nobody in`(_ store: Store) async throws {
        let data = try TemporaryFolder()
        let server = try await Server(store)
        let environment = server.environment(data).merging(["LANDING_SIGN_UP": "open"]) { $1 }
        let program = try await Self.begin(environment, role: "admin")
        let session = try await Self.session(port: program.port)
        #expect(try await Self.get("/admin/people", session, port: program.port).status == 200)
        try await server.replaceByEmpty()
        let isOut = try await eventually(within: .seconds(20)) { try await Self.account(session, port: program.port) == 401 }
        #expect(isOut != nil)
        try await Self.expectQuick(port: program.port, session: session)
        #expect(try await Self.get("/admin/people", session, port: program.port).status == 303)
        let unknown = try await Self.signIn(port: program.port)
        #expect(unknown.status == 422 && unknown.header("Set-Cookie") == nil)
        // Whoever comes first is nobody special, and neither is whoever has a link of the old store, or of none.
        let stranger = try await Self.post("/sign-up", "name=Eve&email=eve@example.org&password=\(Self.password)", port: program.port)
        let evil = try Self.session(stranger)
        #expect(try await Self.get("/admin/people", evil, port: program.port).status == 403)
        let forged = "token=\(Self.nobodys)&name=Eve&email=eve2@example.org&password=\(Self.password)"
        #expect(try await Self.post("/sign-up", forged, port: program.port).status == 410)
        let taken = try await Self.post("/sign-up", "name=Eve&email=EVE@example.org&password=\(Self.password)", port: program.port)
        #expect(taken.status == 422)
        #expect(!program.printed.contains("administer") && !program.logged.contains("token="))
        if case .mongodb(let server) = server {
            let isUnique = try await eventually(within: .seconds(20)) {
                let indexes = try await server.command(#"{"listIndexes": "users"}"#, in: "landing")
                return indexes.contains(#""email_1""#) && indexes.contains(#""unique" : true"#)
            }
            #expect(isUnique != nil)
        }
        // Whoever may use the command line goes on, without a restart.
        try Self.create(environment, role: "admin")
        try await Self.choosePassword(environment, port: program.port)
        let new = try await Self.session(port: program.port)
        #expect(try await Self.get("/admin/people", new, port: program.port).status == 200)
        // The full one comes back: what it has acknowledged is there, and what the other has is not.
        try await server.putBack()
        try await Self.expectRecovery(session, port: program.port)
        for other in [new, evil] { #expect(try await Self.account(other, port: program.port) == 401) }
    }

    @Test(arguments: [Store.mongodb, .postgres])
    func `a store that takes no writes keeps whoever is not signed in out, and is used again when it does`(_ store: Store) async throws {
        let data = try TemporaryFolder()
        let server = try await Server(store, isSet: true)
        let program = try await Self.begin(server.environment(data))
        let session = try await Self.session(port: program.port)
        switch server {
        case .mongodb(let server):
            // The one member of the set becomes a secondary, and waits before it stands for election again.
            _ = try await server.command(
                #"{"replSetStepDown": 60, "secondaryCatchUpPeriodSecs": 0, "force": true}"#, in: "admin")
        case .postgres(let server):
            try await server.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            try await server.execute("SELECT pg_reload_conf()")
        }
        let refused = try await eventually(within: .seconds(10)) { try await Self.signIn(port: program.port).status == 503 }
        #expect(refused != nil)
        async let answer = Self.signIn(port: program.port)
        try await Self.expectQuick(port: program.port, session: session)
        Self.expectOutage(try await answer)
        #expect([401, 503].contains(try await Self.account(Self.nobodys, port: program.port)))
        switch server {
        case .mongodb(let server): try await server.standForElection()
        case .postgres(let server):
            try await server.execute("ALTER SYSTEM RESET default_transaction_read_only")
            try await server.execute("SELECT pg_reload_conf()")
        }
        try await Self.expectRecovery(session, port: program.port)
        #expect(try await Self.signIn(port: program.port).status == 303)
    }

    private enum Server {
        case mongodb(MongoServer)
        case postgres(PostgresServer)

        /// - Parameter isSet: of MongoDB, a replica set of one.
        init(_ store: Store, isSet: Bool = false) async throws {
            self =
                switch store {
                case .sqlite: throw ServedProgram.Problem(description: "SQLite is no server")
                case .mongodb: .mongodb(try await MongoServer(replicaSet: isSet ? "rs" : nil))
                case .postgres: .postgres(try await PostgresServer(isDurable: true))
                }
        }

        var port: Int {
            switch self {
            case .mongodb(let server): server.port
            case .postgres(let server): server.port
            }
        }

        func environment(_ data: TemporaryFolder, port: Int? = nil) -> [String: String] {
            let (name, uri) =
                switch self {
                case .mongodb(let server): ("MONGODB_URI", server.uri())
                case .postgres(let server): ("POSTGRES_URI", server.uri())
                }
            let reached = port.map { uri.replacing(":\(self.port)/", with: ":\($0)/") } ?? uri
            return AccountFaultTests.environment(data.path).merging([name: reached]) { $1 }
        }

        func replaceByEmpty() async throws {
            switch self {
            case .mongodb(let server): try await server.replaceByEmpty()
            case .postgres(let server): try await server.replaceByEmpty()
            }
        }

        func putBack() async throws {
            switch self {
            case .mongodb(let server): try await server.putBack()
            case .postgres(let server): try await server.putBack()
            }
        }
    }

    // MARK: People

    /// No session and no link of anybody.
    private static let nobodys = String(repeating: "A", count: 43)

    private static func environment(_ data: String) -> [String: String] {
        ["LANDING_DATA": data, "LANDING_ORIGIN": "http://agents.example", "LANDING_TRUSTED_PROXIES": "127.0.0.1"]
    }

    /// A site with one person, who has a password.
    private static func begin(_ environment: [String: String], role: String = "user", isGuarded: Bool = false) async throws -> ServedProgram {
        try create(environment, role: role)
        let program = try await ServedProgram(environment, isGuarded: isGuarded)
        try await choosePassword(environment, port: program.port)
        return program
    }

    private static func create(_ environment: [String: String], role: String = "user") throws {
        let made = try LandingProgram(environment: environment).run("user", "create", email, "--role", role)
        try #require(made.status == 0, "\(made.errors)")
    }

    private static func choosePassword(_ environment: [String: String], port: Int) async throws {
        let ending = try LandingProgram(environment: environment).run("user", "password", email)
        let link = try #require(ending.output.firstMatch(of: /\/reset\?token=([A-Za-z0-9_-]{43})/), "\(ending.errors)").output.1
        let answer = try await post("/reset", "token=\(link)&password=\(password)", port: port)
        try #require(answer.status == 303, "\(answer.text.prefix(300))")
    }

    /// From somewhere else each time, so that nobody is slowed down.
    private static func post(_ target: String, _ body: String, port: Int) async throws -> HTTPExchange {
        let address = "198.51.100.\(Int.random(in: 1...254))"
        let headers = ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address]
        return try await HTTPExchange.send("POST", target, port: port, headers: headers, body: body)
    }

    private static func get(_ target: String, _ session: String, port: Int) async throws -> HTTPExchange {
        try await HTTPExchange.send("GET", target, port: port, headers: ["Cookie": "session=\(session)"])
    }

    private static func signIn(port: Int) async throws -> HTTPExchange {
        try await post("/sign-in", "email=\(email)&password=\(password)", port: port)
    }

    private static func session(port: Int) async throws -> String { try session(try await signIn(port: port)) }

    private static func session(_ answer: HTTPExchange) throws -> String {
        let cookie = answer.header("Set-Cookie") ?? ""
        return String(try #require(cookie.firstMatch(of: /^session=([A-Za-z0-9_-]{43});/), "\(answer.text.prefix(500))").output.1)
    }

    private static func account(_ session: String, port: Int) async throws -> Int { try await get("/api/account", session, port: port).status }

    // MARK: Expected

    private static func expectOutage(_ answer: HTTPExchange, _ place: SourceLocation = #_sourceLocation) {
        #expect(answer.status == 503 && answer.header("Set-Cookie") == nil, "\(answer.head)", sourceLocation: place)
        #expect(answer.header("Retry-After").flatMap { Int($0) } ?? 0 > 0, sourceLocation: place)
        #expect(answer.body.contains("The store of accounts does not answer, or cannot write"), sourceLocation: place)
    }

    /// Pages come from the cache as ever; for whoever has a session, not much later.
    private static func expectQuick(port: Int, session: String? = nil, _ place: SourceLocation = #_sourceLocation) async throws {
        _ = try await HTTPExchange.send("GET", "/docs", port: port)
        var times: [Duration] = []
        for _ in 0..<20 {
            let start = ContinuousClock.now
            let answer = try await HTTPExchange.send("GET", "/docs", port: port)
            times.append(ContinuousClock.now - start)
            #expect(answer.status == 200 && answer.header("Cache-Status") == "Landing; hit", sourceLocation: place)
        }
        times.sort()
        #expect(times[15] < .milliseconds(100) && times[19] < .milliseconds(900), "\(times)", sourceLocation: place)
        guard let session else { return }
        let start = ContinuousClock.now
        for _ in 0..<5 { #expect(try await get("/docs", session, port: port).status == 200, sourceLocation: place) }
        #expect(ContinuousClock.now - start < .seconds(8), sourceLocation: place)
    }

    /// What operators see.
    private static func expectState(
        _ words: String, isUp: Bool, _ store: Store, port: Int, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let state = try await HTTPExchange.send("GET", "/readyz", port: port)
        #expect(state.status == 200 && state.body.contains("\"accounts\":\"\(words)"), "\(state.body)", sourceLocation: place)
        let metrics = try await HTTPExchange.send("GET", "/api/metrics", port: port).body
        #expect(metrics.contains("account_store_up{store=\"\(store)\"} \(isUp ? 1 : 0)"), "\(metrics)", sourceLocation: place)
    }

    private static func expectRecovery(_ session: String, port: Int, _ place: SourceLocation = #_sourceLocation) async throws {
        let recovered = try await eventually(within: .seconds(30)) { try await account(session, port: port) == 200 }
        #expect(recovered != nil, sourceLocation: place)
    }
}
#endif

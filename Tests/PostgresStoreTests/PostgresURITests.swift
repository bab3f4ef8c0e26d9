import Testing

@testable import PostgresStore

@Suite struct PostgresURITests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let user: String?
        let password: String?
        let hosts: [String]
        let database: String?
        let options: [String: String]

        init(
            _ text: String, user: String? = nil, password: String? = nil, _ hosts: [String], _ database: String? = nil,
            options: [String: String] = [:]
        ) {
            (self.text, self.user, self.password, self.hosts, self.database, self.options) = (text, user, password, hosts, database, options)
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Row("postgres://localhost", ["localhost"]),
        Row("POSTGRESQL://localhost:5433/app", ["localhost:5433"], "app"),
        Row("postgres://landing@db/app", user: "landing", ["db"], "app"),
        Row("postgres://landing:secret@db.internal:5432/app", user: "landing", password: "secret", ["db.internal:5432"], "app"),
        Row("postgres://landing:@db", user: "landing", password: "", ["db"]),
        Row("postgres://u:p@[2001:db8::7]:5433/app", user: "u", password: "p", ["[2001:db8::7]:5433"], "app"),
        Row("postgres://u:p@one:5433,two,[::1]/app", user: "u", password: "p", ["one:5433", "two", "[::1]"], "app"),
        Row("postgres://a%40b:p%23%2F%3f%40%25%3A%5b%5D@db/a%20b", user: "a@b", password: "p#/?@%:[]", ["db"], "a b"),
        Row("postgres://u:gr%C3%BCn@db", user: "u", password: "grün", ["db"]),
        // As they are.
        Row("postgres://u:a:b@db", user: "u", password: "a:b", ["db"]),
        Row("postgres://u:p@w@db/app", user: "u", password: "p@w", ["db"], "app"),
        Row("postgres://u:p@@db", user: "u", password: "p@", ["db"]),
        Row("postgres://u:p/w@db/app", user: "u", password: "p/w", ["db"], "app"),
        Row("postgres://u:p?w@db/app", user: "u", password: "p?w", ["db"], "app"),
        Row("postgres://u:p#w@db/app", user: "u", password: "p#w", ["db"], "app"),
        Row("postgres://u:[p]w@db/app", user: "u", password: "[p]w", ["db"], "app"),
        Row("postgres://u:100%@db/app", user: "u", password: "100%", ["db"], "app"),
        Row("postgres://u:%zz@db/app", user: "u", password: "%zz", ["db"], "app"),
        Row("postgres://u:5432/w@db/app", user: "u", password: "5432/w", ["db"], "app"),
        Row("postgres://u:a@b/c@db:1/app", user: "u", password: "a@b/c", ["db:1"], "app"),
        Row("postgres://u:a@b?c=d@db/app", user: "u", password: "a@b?c=d", ["db"], "app"),
        Row("postgres://u:@/:?#[]%@db:1/app?sslmode=require", user: "u", password: "@/:?#[]%", ["db:1"], "app", options: ["sslmode": "require"]),
        Row("postgres://me@server:pw@server.example/app", user: "me@server", password: "pw", ["server.example"], "app"),
        // Sockets, and what libpq knows.
        Row("postgres:///app", [], "app"),
        Row("postgres:///app?host=/run/postgresql", ["/run/postgresql"], "app"),
        Row("postgres:///app?host=/run/postgresql&port=5433", ["/run/postgresql:5433"], "app"),
        Row("postgres://u:p@/app?host=/run/postgresql", user: "u", password: "p", ["/run/postgresql"], "app"),
        Row("postgres://%2Frun%2Fpostgresql/app", ["/run/postgresql"], "app"),
        Row("postgres://db/app?host=one,two&port=1,2", ["one:1", "two:2"], "app"),
        Row("postgres://db?user=u&password=p&dbname=app", user: "u", password: "p", ["db"], "app"),
        Row("postgres://db/app?ssl=true", ["db"], "app", options: ["sslmode": "require"]),
        Row("postgres://db/app?application_name=a@b", ["db"], "app", options: ["application_name": "a@b"]),
        Row("postgres://u:p@db/app?options=-c%20geqo%3Doff", user: "u", password: "p", ["db"], "app", options: ["options": "-c geqo=off"]),
    ])
    func `a URI is read`(_ row: Row) throws {
        let uri = try PostgresURI(row.text)
        #expect(uri.user == row.user && uri.password == row.password)
        #expect(uri.hosts.map(\.address) == row.hosts && uri.database == row.database)
        #expect(uri.options == row.options)
    }

    @Test(
        arguments: [
            ("", .scheme), ("localhost:5432", .scheme), ("http://localhost", .scheme), ("postgres:localhost", .scheme), ("mysql://u:p@db", .scheme),
            ("postgres://", .host), ("postgres://:5432", .host), ("postgres://a b", .host), ("postgres://[::1", .host), ("postgres://u:p@", .host),
            ("postgres://[db]", .host), ("postgres://[::1]5432", .host), ("postgres://hé", .host), ("postgres://one,", .host),
            ("postgres://a%41b", .host), ("postgres://db?host=one,two&port=1,2,3", .host),
            ("postgres://db:", .port), ("postgres://db:0", .port), ("postgres://db:65536", .port), ("postgres://db:+1", .port),
            ("postgres://db:99999999999999999999", .port), ("postgres://db?host=one&port=x", .port),
            ("postgres://db/a/b", .database), ("postgres://db/a#b", .option), ("postgres://u:p@db/a[b", .database),
            ("postgres://db/app?schema=public", .option), ("postgres://db/app?sslmode", .option), ("postgres://db/app?sslmode=a#b", .option),
            ("postgres://u:%ff@db", .escape), ("postgres://u:%00@db", .escape), ("postgres://u:p%40s/s@db", .escape),
            ("postgres://u:%zz%41@db", .escape), ("postgres://%zz:p@db", .escape), ("postgres://db/%zz", .escape), ("postgres://u:p\0@db", .escape),
            ("postgres://u:p@db/app?application_name=x@y", .ambiguous), ("postgres://db:5432/app?application_name=x@y", .ambiguous),
            ("postgres://u:" + String(repeating: "@", count: 9_000) + "@db", .length),
        ] as [(String, PostgresURIProblem)])
    func `what is wrong is said`(_ text: String, _ problem: PostgresURIProblem) {
        #expect(throws: problem) { try PostgresURI(text) }
    }

    @Test func `a problem shows how to write it, and never what was written`() {
        for problem in PostgresURIProblem.allCases { #expect(!problem.description.isEmpty) }
        for problem in [PostgresURIProblem.host, .port, .database, .option, .escape, .ambiguous] {
            #expect(problem.description.contains("postgres://user:***@host:5432/database") && problem.description.contains("@ as %40"))
        }
    }

    @Test(arguments: ["postgres://app:hunter2@[::1]:7000/shop", "postgres://app@[::1]:7000/shop?password=hunter2"])
    func `the password is shown nowhere`(_ text: String) throws {
        let uri = try PostgresURI(text)
        var dumped = ""
        dump(uri, to: &dumped)
        for text in ["\(uri)", String(reflecting: uri), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("postgres://app:***@[::1]:7000/shop"))
        }
    }

    @Test func `the password of a key is not shown either`() throws {
        #expect("\(try PostgresURI("postgres://db/app?sslpassword=hunter2&sslmode=require"))" == "postgres://db/app?sslmode=require&sslpassword=***")
    }

    @Test func `each host is tried by itself, with the settings of the URI over ours`() throws {
        let uri = try PostgresURI("postgres://u:p@one:1,two/app?options=-c%20geqo%3Doff&keepalives_idle=7&client_encoding=LATIN1")
        let attempts = ConnectionOptions.attempts(uri, PostgresLimits())
        #expect(attempts.map { $0["host"] } == ["one", "two"] && attempts.map { $0["port"] } == ["1", nil])
        for options in attempts {
            #expect(options["user"] == "u" && options["password"] == "p" && options["dbname"] == "app")
            #expect(options["keepalives_idle"] == "7" && options["client_encoding"] == "UTF8")
            #expect(options["application_name"] == "landing" && options["target_session_attrs"] == "read-write")
            #expect(options["options"]?.hasPrefix("-c statement_timeout=2000 -c lock_timeout=1000 ") == true)
            #expect(options["options"]?.hasSuffix(" -c geqo=off") == true)
        }
    }

    @Test func `where libpq is missing, the problem says what to install`() {
        guard case .failure(let problem) = PostgresLibrary.load("libnothing.so.1") else { return #expect(Bool(false), "there is no such library") }
        #expect(problem == .library && problem.remedy == "install the package libpq5")
    }
}

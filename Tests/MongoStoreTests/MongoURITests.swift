import Testing

@testable import MongoStore

@Suite struct MongoURITests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        /// The part of what libmongoc reads before the options.
        let place: String
        let database: String
        let shown: String

        init(_ text: String, _ place: String, _ database: String = "openclaw", shown: String) {
            (self.text, self.place, self.database, self.shown) = (text, place, database, shown)
        }

        var testDescription: String { text }
    }

    @Test(arguments: [
        Row("mongodb://localhost", "mongodb://localhost/", shown: "mongodb://localhost/openclaw"),
        Row("MongoDB://localhost:27017/", "mongodb://localhost:27017/", shown: "mongodb://localhost:27017/openclaw"),
        Row("  mongodb://localhost/site\n", "mongodb://localhost/site", "site", shown: "mongodb://localhost/site"),
        Row("mongodb://[::1]:27018/site", "mongodb://[::1]:27018/site", "site", shown: "mongodb://[::1]:27018/site"),
        Row(
            "mongodb://%2Ftmp%2Fmongodb-27017.sock/site", "mongodb://%2Ftmp%2Fmongodb-27017.sock/site", "site",
            shown: "mongodb://%2Ftmp%2Fmongodb-27017.sock/site"),
        Row(
            "mongodb://app:secret@mongodb:27017/openclaw?authSource=admin", "mongodb://app:secret@mongodb:27017/openclaw",
            shown: "mongodb://app:***@mongodb:27017/openclaw"),
        Row(
            "mongodb://a:s@h1:1,h2:2,h3/d?replicaSet=rs0", "mongodb://a:s@h1:1,h2:2,h3/d", "d", shown: "mongodb://a:***@h1:1,h2:2,h3/d?replicaSet=rs0"
        ),
        Row("mongodb://app@localhost", "mongodb://app@localhost/", shown: "mongodb://app@localhost/openclaw"),
        Row("mongodb://app:@localhost", "mongodb://app:@localhost/", shown: "mongodb://app:***@localhost/openclaw"),
        Row("mongodb://localhost?appname=x", "mongodb://localhost/", shown: "mongodb://localhost/openclaw"),
        Row("mongodb://a:s@localhost/d?tls=false&tlsCAFile=/etc/ca.pem", "mongodb://a:s@localhost/d", "d", shown: "mongodb://a:***@localhost/d"),
        Row(
            "mongodb+srv://app:secret@cluster.example.net/site", "mongodb+srv://app:secret@cluster.example.net/site", "site",
            shown: "mongodb+srv://app:***@cluster.example.net/site"),
        // What `openssl rand -base64 32` gives, and what people type.
        Row("mongodb://app:ab+/cd/e=@h/d", "mongodb://app:ab%2B%2Fcd%2Fe%3D@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:p@ss@h/d", "mongodb://app:p%40ss@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:a:b@h/d", "mongodb://app:a%3Ab@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:a?b#c@h/d", "mongodb://app:a%3Fb%23c@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:[a]@h/d", "mongodb://app:%5Ba%5D@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:100%@h/d", "mongodb://app:100%25@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:p%40s%2Fs@h/d", "mongodb://app:p%40s%2Fs@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:gr%C3%BCn@h/d", "mongodb://app:gr%C3%BCn@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://app:grün @h/d", "mongodb://app:gr%C3%BCn%20@h/d", "d", shown: "mongodb://app:***@h/d"),
        Row("mongodb://ann@example.org:s@h/d", "mongodb://ann%40example.org:s@h/d", "d", shown: "mongodb://ann@example.org:***@h/d"),
        Row(
            "mongodb://app:a/b@h1:1,h2:2/d?replicaSet=rs0", "mongodb://app:a%2Fb@h1:1,h2:2/d", "d",
            shown: "mongodb://app:***@h1:1,h2:2/d?replicaSet=rs0"),
    ])
    func `is read leniently and written strictly`(_ row: Row) throws {
        let uri = try MongoURI(row.text)
        #expect(uri.connectionString.prefix { $0 != "?" } == row.place)
        #expect(uri.database == row.database)
        #expect("\(uri)" == row.shown)
    }

    @Test(arguments: [
        ("redis://localhost", "must begin with"),
        ("localhost:27017", "must begin with"),
        ("mongodb://", "no valid host"),
        ("mongodb://a:b@/d", "no valid host"),
        ("mongodb://ho st/d", "no valid host"),
        ("mongodb://h,/d", "no valid host"),
        ("mongodb://h:0/d", "port"),
        ("mongodb://h:65536/d", "port"),
        ("mongodb://:p@h/d", "user"),
        ("mongodb://@h/d", "no user"),
        ("mongodb://h/a.b", "database"),
        ("mongodb://h/d?x", "option"),
        ("mongodb://h/d?maxPoolSize=0", "maxPoolSize"),
        ("mongodb://h/d?maxPoolSize=many", "maxPoolSize"),
        ("mongodb://h/d?w=0", "w=0"),
        ("mongodb+srv://a.example.org:27017/d", "one host without a port"),
        ("mongodb+srv://a.example.org,b.example.org/d", "one host without a port"),
        ("mongodb://app:1/d?x=2@h/d", "more than one way"),
        ("mongodb://app:s@h/d?appname=a@b", "more than one way"),
        ("mongodb://app:p%40s/s@h/d", "more than one way"),
        ("mongodb://app:p%40s%zz@h/d", "more than one way"),
    ])
    func `what cannot be read is explained`(_ text: String, _ reason: String) throws {
        let problem = #expect(throws: MongoURIProblem.self) { try MongoURI(text) }
        #expect(problem?.reason.contains(reason) == true, "\(String(describing: problem))")
    }

    @Test func `an ambiguous URI is shown as it should be written, and the log does not learn the password`() throws {
        let problem = try #require(throws: MongoURIProblem.self) { try MongoURI("mongodb://app:p%40s/s@h:1/d?authSource=admin") }
        #expect(problem.encodedForm == "mongodb://app:p%2540s%2Fs@h:1/d?authSource=admin")
        #expect("\(problem)".contains("mongodb://app:***@h:1/d") && "\(problem)".contains("/ as %2F"))
        for text in ["\(problem)", String(reflecting: problem)] { #expect(!text.contains("p%40s") && !text.contains("p%2540s")) }
        #expect(try MongoURI(#require(problem.encodedForm)).database == "d")
    }

    @Test func `nothing that prints a URI shows its password`() throws {
        let uri = try MongoURI("mongodb://app:tea/pot@h/d?tlsCertificateKeyFilePassword=kettle")
        var dumped = ""
        dump(uri, to: &dumped)
        for text in ["\(uri)", String(reflecting: uri), dumped] {
            #expect(!text.contains("tea") && !text.contains("pot") && !text.contains("kettle"))
        }
        #expect(uri.withoutPassword("of tea/pot and tea%2Fpot") == "of *** and ***")
    }

    @Test func `limits and durability are set where the text does not set them`() throws {
        func options(_ text: String) throws -> [String: String] {
            let options = try MongoURI(text).connectionString.split(separator: "?")[1].split(separator: "&").map { $0.split(separator: "=") }
            return Dictionary(options.map { ($0[0].lowercased(), String($0[1])) }) { _, _ in "twice" }
        }
        #expect(
            try options("mongodb://h") == [
                "maxpoolsize": "4", "waitqueuetimeoutms": "500", "serverselectiontimeoutms": "1500", "connecttimeoutms": "1000",
                "sockettimeoutms": "3000", "heartbeatfrequencyms": "2000", "w": "majority", "journal": "true", "wtimeoutms": "2500",
                "appname": "landing", "retrywrites": "false",
            ])
        let given = try options("mongodb://h/?MAXPOOLSIZE=2&socketTimeoutMS=9000&w=2&appName=mine&replicaSet=rs0")
        #expect(given["maxpoolsize"] == "2" && given["sockettimeoutms"] == "9000" && given["w"] == "2" && given["appname"] == "mine")
        #expect(given["retrywrites"] == "true")
        #expect(try options("mongodb://h1,h2")["retrywrites"] == nil)
        #expect(try options("mongodb://h/?maxPoolSize=500")["maxpoolsize"] == "16")
        #expect(try MongoURI("mongodb://h/?maxPoolSize=500").connections == 16)
    }

    @Test func `where libmongoc is missing, the problem says why and what to install`() {
        guard case .failure(let problem) = MongoLibrary.load("libnothing.so.1") else { return #expect(Bool(false), "there is no such library") }
        #expect(
            "\(problem)".contains("libnothing.so.1: cannot open shared object file"))
        #expect(problem.remedy == "install the package libmongoc-1.0-0")
    }
}

import CMongoC
import Site

/// Where MongoDB is, and who asks: `mongodb://[user[:password]@]host[:port][,host…][/database][?options]`, or
/// `mongodb+srv://` with a name of DNS that tells the hosts.
public struct MongoURI: Sendable, Equatable {
    /// Each with its port, if the text has one.
    public var hosts: [String] { target.hosts }
    public let database: String
    public let replicaSet: String?
    /// How many calls the server gets at once, `maxPoolSize`: 4 where the text does not say, 16 at most, since each holds a thread.
    public let connections: Int
    public var user: String? { credentials?.user }

    public static let defaultDatabase = "openclaw"

    /// What libmongoc reads: everything encoded, and the options that the text does not set.
    let connectionString: String
    private let isService: Bool
    private let target: MongoTarget
    private let credentials: MongoCredentials?

    /// A password may hold `@ : / ? # [ ] %` as they are where that leaves one way to read the text.
    public init(_ text: String) throws(MongoURIProblem) {
        let text = Self.trimmed(text)
        guard let separator = text.firstRange(of: "://") else { throw Self.schemeProblem }
        switch text[..<separator.lowerBound].lowercased() {
        case "mongodb": isService = false
        case "mongodb+srv": isService = true
        default: throw Self.schemeProblem
        }
        let reading = try MongoURIReading(text[separator.upperBound...], isService: isService)
        (credentials, target) = (reading.credentials, reading.target)
        database = target.database ?? Self.defaultDatabase
        replicaSet = target.option("replicaSet").flatMap { PercentEncoding.decodeStrictly($0[...]) }
        connections = try Self.connections(target)
        if target.option("w") == "0" { throw MongoURIProblem("has w=0, with which nothing is acknowledged; leave it out") }
        connectionString = reading.text(
            target.options.filter { $0.name.lowercased() != "maxpoolsize" } + Self.additions(target, connections, isService))
        try checkWithLibrary()
    }

    private static let schemeProblem = MongoURIProblem("must begin with mongodb:// or mongodb+srv://")

    /// Without blanks and line ends around it, which files of secrets have.
    private static func trimmed(_ text: String) -> Substring {
        var text = text[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private static func connections(_ target: MongoTarget) throws(MongoURIProblem) -> Int {
        guard let value = target.option("maxPoolSize") else { return 4 }
        guard let count = Int(value), count >= 1 else { throw MongoURIProblem("has a maxPoolSize that is no number from 1") }
        return min(count, 16)
    }

    private static func additions(_ target: MongoTarget, _ connections: Int, _ isService: Bool) -> [MongoTarget.Option] {
        var defaults = [
            ("waitQueueTimeoutMS", "500"), ("serverSelectionTimeoutMS", "1500"), ("connectTimeoutMS", "1000"), ("socketTimeoutMS", "3000"),
            ("heartbeatFrequencyMS", "2000"), ("w", "majority"), ("journal", "true"), ("wtimeoutMS", "2500"), ("appname", "landing"),
        ]
        // A server by itself cannot tell a write that is sent again from another. Of several hosts, or of those that DNS
        // tells, libmongoc finds out by itself.
        if target.option("replicaSet") != nil {
            defaults.append(("retryWrites", "true"))
        } else if !isService, target.hosts.count == 1 {
            defaults.append(("retryWrites", "false"))
        }
        let missing = defaults.filter { target.option($0.0) == nil }
        return [MongoTarget.Option(name: "maxPoolSize", value: "\(connections)")] + missing.map { MongoTarget.Option(name: $0.0, value: $0.1) }
    }

    /// libmongoc has the last word; it looks up nothing yet.
    private func checkWithLibrary() throws(MongoURIProblem) {
        _ = try MongoLibrary.loaded.get()
        MongoLibrary.start
        var error = bson_error_t()
        guard let parsed = unsafe libmongoc.mongoc_uri_new_with_error(connectionString, &error) else {
            throw MongoURIProblem("is refused: \(withoutPassword(MongoFailure(error).message))")
        }
        unsafe libmongoc.mongoc_uri_destroy(parsed)
    }

    /// Where the account is looked up, for people whom the server does not let in.
    var authenticationSource: String { target.option("authSource") ?? target.database ?? "admin" }

    /// `text` with `***` wherever it has the password, encoded or not.
    func withoutPassword(_ text: String) -> String {
        guard let password = credentials?.password, !password.isEmpty else { return text }
        var text = text
        for secret in [password, PercentEncoding.encodeReserved(password)] { text = text.replacing(secret, with: "***") }
        return text
    }
}

extension MongoURI: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URI with `***` for the password, and without options, which may hold secrets too.
    public var description: String {
        let credentials = credentials.map { $0.password == nil ? "\($0.user)@" : "\($0.user):***@" } ?? ""
        let set = replicaSet.map { "?replicaSet=\($0)" } ?? ""
        return "mongodb\(isService ? "+srv" : "")://\(credentials)\(hosts.joined(separator: ","))/\(database)\(set)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["uri": description]) }
}

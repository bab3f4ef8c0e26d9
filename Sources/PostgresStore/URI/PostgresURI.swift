import Site

/// Where a PostgreSQL server is, and who asks: `postgres://[user[:password]@][host[:port][,…]][/database][?option=value&…]`.
///
/// A host that is a folder means the socket in it: `postgres:///landing?host=/run/postgresql`. What is not given is
/// as libpq has it. Options of libpq are passed on.
public struct PostgresURI: Sendable, Equatable {
    public struct Host: Sendable, Equatable {
        /// Without the brackets that an IPv6 address has in the text; a folder begins with `/`.
        public let name: String
        /// Default 5432.
        public let port: Int?

        var address: String {
            (name.contains(":") && !name.hasPrefix("/") ? "[\(name)]" : name) + (port.map { ":\($0)" } ?? "")
        }
    }

    public let user: String?
    /// Tried one after the other.
    public let hosts: [Host]
    public let database: String?
    let password: String?
    /// All others, in the words of libpq.
    let options: [String: String]

    /// A password may hold `@`, `/`, `?`, `#`, `[`, `]` and `%` as they are where that leaves one way to read the text.
    public init(_ text: String) throws(PostgresURIProblem) {
        guard let separator = text.firstRange(of: "://"), ["postgres", "postgresql"].contains(text[..<separator.lowerBound].lowercased()) else {
            throw .scheme
        }
        guard case .success = PostgresLibrary.loaded else { throw .library }
        let rest = text[separator.upperBound...]
        guard rest.utf8.count <= Self.longest else { throw .length }
        guard !rest.utf8.contains(0) else { throw .escape }
        let ends = [nil] + rest.indices.filter { rest[$0] == "@" }.map { Optional($0) }
        // Of no reading, the problem of the one a stranger would choose is told: the last @ ends the credentials.
        var problem = PostgresURIProblem.host
        var readings: [(credentials: PostgresCredentials, target: PostgresTarget)] = []
        for end in ends {
            do throws(PostgresURIProblem) {
                let credentials = try end.map { end throws(PostgresURIProblem) in try PostgresCredentials(rest[..<end]) }
                let target = try PostgresTarget(rest[(end.map { rest.index(after: $0) } ?? rest.startIndex)...])
                readings.append((credentials ?? PostgresCredentials(), target))
            } catch { problem = error }
        }
        guard let (credentials, target) = readings.first else { throw problem }
        guard readings.count == 1 else { throw .ambiguous }
        var options = target.options
        // As for libpq, an option counts more than what stands before it.
        user = options.removeValue(forKey: "user") ?? credentials.user
        password = options.removeValue(forKey: "password") ?? credentials.password
        database = options.removeValue(forKey: "dbname") ?? target.database
        hosts = target.hosts
        self.options = options
    }

    private static let longest = 8_192

    /// - Throws: ``PostgresURIProblem/escape`` for a `%` without its digits, and where the bytes are no text without NUL.
    static func decoded(_ text: Substring) throws(PostgresURIProblem) -> String {
        guard let decoded = PercentEncoding.decodeStrictly(text), !decoded.utf8.contains(0) else { throw .escape }
        return decoded
    }
}

extension PostgresURI: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URI with `***` for the password, and for each option that holds a secret.
    public var description: String {
        let credentials = user == nil && password == nil ? "" : "\(user ?? "")\(password == nil ? "" : ":***")@"
        let target = "\(hosts.map(\.address).joined(separator: ","))\(database.map { "/\($0)" } ?? "")"
        let options = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.key.hasSuffix("password") ? "***" : $0.value)" }
        return "postgres://\(credentials)\(target)\(options.isEmpty ? "" : "?" + options.joined(separator: "&"))"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["uri": description]) }
}

/// Where a Redis server is, and who asks: `redis://[user][:password]@host[:port][/database]`, with `rediss://` for TLS.
public struct RedisURL: Sendable, Equatable {
    public let isEncrypted: Bool
    public let user: String?
    /// Without the brackets that an IPv6 address has in the text.
    public let host: String
    /// Default 6379.
    public let port: Int
    /// Default 0.
    public let database: Int
    let password: String?

    public static let defaultPort = 6379

    /// A password may hold `#`, `/`, `?` and `@` as they are where that leaves one way to read the text.
    public init(_ text: String) throws(RedisURLProblem) {
        guard let separator = text.firstRange(of: "://") else { throw .scheme }
        switch text[..<separator.lowerBound].lowercased() {
        case "redis": isEncrypted = false
        case "rediss": isEncrypted = true
        default: throw .scheme
        }
        let rest = text[separator.upperBound...]
        let target: RedisTarget
        if let at = rest.lastIndex(of: "@") {
            let tail = RedisTarget.end(rest)
            if at >= tail, RedisTarget.isComplete(rest) { throw .ambiguous }
            (user, password) = try Self.credentials(rest[..<at])
            target = try RedisTarget(rest[rest.index(after: at)...])
        } else {
            (user, password) = (nil, nil)
            target = try RedisTarget(rest)
        }
        (host, port, database) = (target.host, target.port, target.database)
    }

    private static func credentials(_ text: Substring) throws(RedisURLProblem) -> (user: String?, password: String?) {
        guard let colon = text.firstIndex(of: ":") else {
            guard text.isEmpty else { throw .userWithoutPassword }
            return (nil, nil)
        }
        let user = try decoded(text[..<colon])
        let password = try decoded(text[text.index(after: colon)...])
        // A user may have an empty password; nobody has none.
        return user.isEmpty ? (nil, password.isEmpty ? nil : password) : (user, password)
    }

    private static func decoded(_ text: Substring) throws(RedisURLProblem) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .escape }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .escape }
        return text
    }
}

extension RedisURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL with `***` for the password.
    public var description: String {
        let credentials = user == nil && password == nil ? "" : "\(user ?? ""):***@"
        return "redis\(isEncrypted ? "s" : "")://\(credentials)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

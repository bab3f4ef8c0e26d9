/// The part of a URI after the credentials: `[host[:port][,…]][/database][?option=value&…]`.
struct PostgresTarget {
    let hosts: [PostgresURI.Host]
    let database: String?
    let options: [String: String]

    init(_ text: Substring) throws(PostgresURIProblem) {
        let authority = text.prefix { !"/?#".contains($0) }
        let path = text[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        let query = text[path.endIndex...]
        var options = try Self.options(query)
        // Then libpq knows where; an empty text is more likely a mistake.
        guard !authority.isEmpty || !path.isEmpty || !query.isEmpty else { throw .host }
        var hosts: [PostgresURI.Host] = []
        for part in authority.split(separator: ",", omittingEmptySubsequences: false) where !authority.isEmpty { hosts.append(try Self.host(part)) }
        if let names = options.removeValue(forKey: "host") { hosts = try Self.hosts(names, ports: options.removeValue(forKey: "port")) }
        self.hosts = hosts
        database = try Self.database(path)
        self.options = options
    }

    private static func host(_ text: Substring) throws(PostgresURIProblem) -> PostgresURI.Host {
        let name: String
        let rest: Substring
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { throw .host }
            let address = text[text.index(after: text.startIndex)..<close]
            // The resolver reads addresses; here it only must not be something else.
            guard address.contains(":"), address.utf8.allSatisfy({ isHexDigit($0) || ":.%".utf8.contains($0) || isLetter($0) }) else { throw .host }
            name = String(address)
            rest = text[text.index(after: close)...]
        } else {
            let encoded = text.prefix { $0 != ":" }
            rest = text[encoded.endIndex...]
            guard !encoded.isEmpty, encoded.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "-._%".utf8.contains($0) }) else { throw .host }
            name = try PostgresURI.decoded(encoded)
            // An encoded host is there for a folder.
            guard name == encoded || name.hasPrefix("/") else { throw .host }
        }
        guard name.utf8.count <= 253 else { throw .host }
        guard !rest.isEmpty else { return PostgresURI.Host(name: name, port: nil) }
        guard rest.first == ":" else { throw .host }
        return PostgresURI.Host(name: name, port: try port(rest.dropFirst()))
    }

    /// As libpq has it: one port for all, or as many as there are hosts.
    private static func hosts(_ names: String, ports: String?) throws(PostgresURIProblem) -> [PostgresURI.Host] {
        let names = names.split(separator: ",", omittingEmptySubsequences: false)
        let ports = ports?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        guard ports.count <= 1 || ports.count == names.count, !names.contains("") else { throw .host }
        var hosts: [PostgresURI.Host] = []
        for (index, name) in names.enumerated() {
            let text = ports.isEmpty ? nil : ports[ports.count == 1 ? 0 : index]
            hosts.append(PostgresURI.Host(name: String(name), port: try text.map { text throws(PostgresURIProblem) in try port(text) }))
        }
        return hosts
    }

    private static func port(_ text: Substring) throws(PostgresURIProblem) -> Int {
        guard text.utf8.allSatisfy(isDigit), let port = Int(text), (1...65_535).contains(port) else { throw .port }
        return port
    }

    private static func database(_ path: Substring) throws(PostgresURIProblem) -> String? {
        let name = path.dropFirst()
        guard !name.contains(where: { "/@#[]".contains($0) }) else { throw .database }
        return name.isEmpty ? nil : try PostgresURI.decoded(name)
    }

    private static func options(_ query: Substring) throws(PostgresURIProblem) -> [String: String] {
        guard !query.contains("#") else { throw .option }
        guard query.count > 1 else { return [:] }
        var options: [String: String] = [:]
        for part in query.dropFirst().split(separator: "&", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "=") else { throw .option }
            var key = String(part[..<equals])
            var value = try PostgresURI.decoded(part[part.index(after: equals)...])
            // As JDBC writes it, and libpq understands.
            if key == "ssl", value == "true" { (key, value) = ("sslmode", "require") }
            guard ConnectionOptions.known.contains(key) else { throw .option }
            options[key] = value
        }
        return options
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) }
}

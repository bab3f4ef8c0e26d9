import Site

/// The part of a URI after the credentials: `host[:port][,host…][/database][?options]`.
struct MongoTarget: Sendable, Equatable {
    /// As in the text.
    let hosts: [String]
    let database: String?
    /// As in the text, in its order.
    let options: [Option]

    struct Option: Sendable, Equatable {
        let name: String
        let value: String
    }

    enum Problem: Error {
        case host, port, database, option
        case hostOfService
    }

    /// - Parameter isService: whether the host is a name of DNS that tells the hosts (`mongodb+srv://`).
    init(_ text: Substring, isService: Bool) throws(Problem) {
        let list = text.prefix { $0 != "/" && $0 != "?" }
        var hosts: [String] = []
        for host in list.split(separator: ",", omittingEmptySubsequences: false) {
            try Self.check(host)
            hosts.append(String(host))
        }
        if isService, hosts.count != 1 || list.contains(where: { ":%".contains($0) }) { throw .hostOfService }
        self.hosts = hosts
        var rest = text[list.endIndex...]
        if rest.first == "/" { rest.removeFirst() }
        let path = rest.prefix { $0 != "?" }
        database = path.isEmpty ? nil : try Self.database(path)
        options = try Self.options(rest[path.endIndex...].dropFirst())
    }

    func option(_ name: String) -> String? { options.last { $0.name.lowercased() == name.lowercased() }?.value }

    private static func check(_ text: Substring) throws(Problem) {
        let name: Substring
        if text.first == "[" {
            name = text.prefix { $0 != "]" }
            let digits = name.dropFirst()
            guard name.endIndex < text.endIndex, digits.contains(":"), digits.allSatisfy({ $0.isHexDigit || ":.".contains($0) || $0 == "%" }) else {
                throw .host
            }
            try checkPort(text[text.index(after: name.endIndex)...])
        } else if text.lowercased().hasPrefix("%2f") {
            // A socket in the file system.
            guard text.hasSuffix(".sock"), !text.contains(":"), PercentEncoding.decodeStrictly(text) != nil else { throw .host }
        } else {
            name = text.prefix { $0 != ":" }
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isName, !name.isEmpty, name.utf8.count <= 253 else { throw .host }
            try checkPort(text[name.endIndex...])
        }
    }

    private static func checkPort(_ text: Substring) throws(Problem) {
        guard !text.isEmpty else { return }
        let digits = text.dropFirst()
        guard text.first == ":", digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { throw .port }
    }

    private static func database(_ text: Substring) throws(Problem) -> String {
        guard let name = PercentEncoding.decodeStrictly(text), name.utf8.count <= 63, !name.contains(where: { "/\\. \"$*<>:|?@#&=\0".contains($0) })
        else {
            throw .database
        }
        return name
    }

    private static func options(_ text: Substring) throws(Problem) -> [Option] {
        var options: [Option] = []
        for part in text.split(whereSeparator: { $0 == "&" || $0 == ";" }) {
            let name = part.prefix { $0 != "=" }
            guard name.endIndex < part.endIndex, !name.isEmpty, name.utf8.allSatisfy({ Character(UnicodeScalar($0)).isLetter }) else { throw .option }
            let value = part[part.index(after: name.endIndex)...]
            guard !value.isEmpty, !value.contains(where: { "#?".contains($0) }), PercentEncoding.decodeStrictly(value) != nil else { throw .option }
            options.append(Option(name: String(name), value: String(value)))
        }
        return options
    }
}

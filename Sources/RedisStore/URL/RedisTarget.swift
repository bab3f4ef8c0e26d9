import NIOCore

/// The part of a URL after the credentials: `host[:port][/database]`.
struct RedisTarget {
    let host: String
    let port: Int
    let database: Int

    init(_ text: Substring) throws(RedisURLProblem) {
        let end = Self.end(text)
        (host, port) = try Self.address(text[..<end])
        database = try Self.database(text[end...])
    }

    /// Where the part with host and port ends if nothing in it is written leniently.
    static func end(_ text: Substring) -> Substring.Index { text.firstIndex { "/?#".contains($0) } ?? text.endIndex }

    /// Whether `text` has a valid address before its first `/`, `?` or `#` that stands behind credentials or before a valid database.
    static func isComplete(_ text: Substring) -> Bool {
        let end = Self.end(text)
        let authority = text[..<end]
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) }
        guard isValid({ () throws(RedisURLProblem) in try address(authority[(start ?? authority.startIndex)...]) }) else { return false }
        guard start == nil else { return true }
        let path = text[end...].prefix { $0 != "?" && $0 != "#" }
        return isValid { () throws(RedisURLProblem) in try database(path) }
    }

    private static func isValid<Part>(_ read: () throws(RedisURLProblem) -> Part) -> Bool {
        do {
            _ = try read()
            return true
        } catch { return false }
    }

    private static func address(_ text: Substring) throws(RedisURLProblem) -> (host: String, port: Int) {
        let host: Substring
        let rest: Substring
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { throw .host }
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
            // The resolver reads addresses; whether it is one is all that matters here.
            guard host.contains(":"), (try? SocketAddress(ipAddress: String(host), port: 0)) != nil else { throw .host }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            let allowed = host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard allowed, !host.isEmpty, host.utf8.count <= 253 else { throw .host }
        }
        guard !rest.isEmpty else { return (String(host), RedisURL.defaultPort) }
        guard rest.first == ":" else { throw .host }
        guard let port = number(rest.dropFirst()), (1...65_535).contains(port) else { throw .port }
        return (String(host), port)
    }

    private static func database(_ text: Substring) throws(RedisURLProblem) -> Int {
        guard !text.contains(where: { "?#".contains($0) }) else { throw .query }
        guard text.count > 1 else { return 0 }
        guard let database = number(text.dropFirst()), database <= Int(Int32.max) else { throw .database }
        return database
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}

/// What `Cache-Control` says (RFC 9111, section 5.2), of its directives those that count here.
struct CacheDirectives: Equatable {
    var noStore = false
    var noCache = false
    var isPrivate = false
    var mustRevalidate = false
    /// Seconds; 0 where it is there and cannot be read, which counts as stale.
    var maxAge: Int?
    var sharedMaxAge: Int?

    /// Of nothing that was said.
    init() {}

    /// - Parameter values: of all its lines.
    init(_ values: some Sequence<some StringProtocol>) {
        for value in values { for part in Self.parts(value) { add(part) } }
    }

    private mutating func add(_ part: Substring) {
        let equals = part.utf8.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        let name = part[..<equals].trimmed
        var argument: Substring? { equals == part.endIndex ? nil : part[part.utf8.index(after: equals)...].trimmed }
        switch name.utf8.count {
        case 8 where name.isName("no-store"): noStore = true
        // With names of fields it is about those; to keep nothing is right in any case.
        case 8 where name.isName("no-cache"): noCache = true
        case 7 where name.isName("private"): isPrivate = true
        case 15 where name.isName("must-revalidate"), 16 where name.isName("proxy-revalidate"): mustRevalidate = true
        // Of two that differ, the stricter (section 4.2.1).
        case 7 where name.isName("max-age"): maxAge = min(maxAge ?? .max, Self.seconds(argument))
        case 8 where name.isName("s-maxage"): sharedMaxAge = min(sharedMaxAge ?? .max, Self.seconds(argument))
        default: break
        }
    }

    private static func seconds(_ text: Substring?) -> Int {
        guard var text, !text.isEmpty else { return 0 }
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), !text.isEmpty else { return 0 }
        return min(Int(text) ?? .max, 1 << 31)
    }

    /// Splits at commas outside quotes.
    private static func parts(_ value: some StringProtocol) -> [Substring] {
        let text = Substring(value)
        guard text.utf8.contains(UInt8(ascii: "\"")) else {
            return text.utf8.contains(UInt8(ascii: ",")) ? text.split(separator: ",") : [text]
        }
        var parts: [Substring] = []
        var isQuoted = false
        var start = text.startIndex
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            guard text[index] == ",", !isQuoted else { continue }
            parts.append(text[start..<index])
            start = text.index(after: index)
        }
        return parts + [text[start...]]
    }
}

extension Substring {
    /// Without the white space of HTTP at both ends.
    var trimmed: Substring {
        var text = self
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text[text.utf8.index(after: text.startIndex)...] }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text[..<text.utf8.index(before: text.endIndex)] }
        return text
    }
}

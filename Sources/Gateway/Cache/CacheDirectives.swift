/// What `Cache-Control` says (RFC 9111, section 5.2), of its directives those that count here.
struct CacheDirectives: Equatable {
    var noStore = false
    var noCache = false
    var isPrivate = false
    var mustRevalidate = false
    /// Seconds; 0 where it is there and cannot be read, which counts as stale.
    var maxAge: Int?
    var sharedMaxAge: Int?

    /// - Parameter values: of all its lines.
    init(_ values: some Sequence<some StringProtocol>) {
        for value in values { for part in Self.parts(value) { add(part) } }
    }

    private mutating func add(_ part: Substring) {
        let equals = part.firstIndex(of: "=") ?? part.endIndex
        let name = part[..<equals].trimmed.lowercased()
        let argument = equals == part.endIndex ? nil : part[part.index(after: equals)...].trimmed
        switch name {
        case "no-store": noStore = true
        // With names of fields it is about those; to keep nothing is right in any case.
        case "no-cache": noCache = true
        case "private": isPrivate = true
        case "must-revalidate", "proxy-revalidate": mustRevalidate = true
        // Of two that differ, the stricter (section 4.2.1).
        case "max-age": maxAge = min(maxAge ?? .max, Self.seconds(argument))
        case "s-maxage": sharedMaxAge = min(sharedMaxAge ?? .max, Self.seconds(argument))
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
        guard text.contains("\"") else { return text.split(separator: ",") }
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
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }
}

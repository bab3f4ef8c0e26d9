/// The `Cookie` field of a request (RFC 6265, sections 4.2.1 and 5.4), read the way servers do: leniently.
enum CookieHeader {
    /// Bytes of a value; browsers keep no longer ones.
    static let longestValue = 4_096

    /// The value of the first cookie called `name`, which is compared with its case; blanks around it are none of it.
    ///
    /// Quotes are part of a value (RFC 6265bis, section 4.1.1) and stay. `nil` where there is no such cookie, and where
    /// the first one is longer than ``longestValue`` or holds a control character: a later one is then no better.
    ///
    /// - Parameter fields: all `Cookie` fields in their order; HTTP/2 may split one into several.
    static func value(of name: String, in fields: [String]) -> String? {
        guard !name.isEmpty else { return nil }
        for field in fields {
            // Bytes, not characters: a combining mark behind a semicolon would hide it.
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), trimmed(pair[..<equals]).elementsEqual(name.utf8) else { continue }
                let value = trimmed(pair[pair.index(after: equals)...])
                return isAcceptable(value) ? String(Substring(value)) : nil
            }
        }
        return nil
    }

    private static func isAcceptable(_ value: Substring.UTF8View) -> Bool {
        value.count <= longestValue && Substring(value).unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

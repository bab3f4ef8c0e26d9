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
        let name = Array(name.utf8)
        for field in fields {
            // Bytes, not characters: a combining mark behind a semicolon would hide it.
            let bytes = Array(field.utf8)
            var start = 0
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: ";") { end += 1 }
                if let range = valueRange(of: name, in: bytes, pair: start..<end) {
                    let value = String(decoding: bytes[range], as: UTF8.self)
                    return isAcceptable(value) ? value : nil
                }
                start = end + 1
            }
        }
        return nil
    }

    /// Where the value stands in `pair`, if that is a cookie called `name`.
    private static func valueRange(of name: [UInt8], in bytes: [UInt8], pair: Range<Int>) -> Range<Int>? {
        var equals = pair.lowerBound
        while equals < pair.upperBound, bytes[equals] != UInt8(ascii: "=") { equals += 1 }
        guard equals < pair.upperBound else { return nil }
        let found = trimmed(pair.lowerBound..<equals, in: bytes)
        guard found.count == name.count else { return nil }
        for index in name.indices where bytes[found.lowerBound + index] != name[index] { return nil }
        return trimmed(equals + 1..<pair.upperBound, in: bytes)
    }

    private static func isAcceptable(_ value: String) -> Bool {
        value.utf8.count <= longestValue
            && value.unicodeScalars.allSatisfy { $0.isASCII ? $0.value >= 0x20 && $0.value != 0x7F : $0.properties.generalCategory != .control }
    }

    private static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

/// `%` and two hexadecimal digits for a byte (RFC 3986, section 2.1).
enum PercentEncoding {
    /// - Throws: ``PostgresURIProblem/escape`` for a `%` without its digits, and where the bytes are no text without NUL.
    static func decoded(_ text: Substring) throws(PostgresURIProblem) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = value(rest.prefix(2)), value != 0 else { throw .escape }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .escape }
        return text
    }

    /// How many `%` have their digits, and how many have none.
    static func count(_ text: Substring) -> (escapes: Int, strays: Int) {
        var (escapes, strays) = (0, 0)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            if value(rest.prefix(2)) == nil { strays += 1 } else { escapes += 1 }
        }
        return (escapes, strays)
    }

    private static func value(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

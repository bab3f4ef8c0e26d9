/// Percent-encoding of what stands in addresses (RFC 3986, section 2.1).
public enum PercentEncoding {
    /// Escapes that are no UTF-8 or no hexadecimal stay as they are written.
    public static func decode(_ text: some StringProtocol) -> String {
        text.utf8.contains(UInt8(ascii: "%")) ? decoded(text) ?? String(text) : String(text)
    }

    /// `nil` where what comes out is no UTF-8.
    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = escaped(rest) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The byte that the first two digits spell.
    private static func escaped(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count >= 2, let high = digit(digits[digits.startIndex]), let low = digit(digits[digits.startIndex + 1]) else { return nil }
        return high << 4 | low
    }

    /// `nil` where a `%` begins no two hexadecimal digits, or what comes out is no UTF-8.
    public static func decodeStrictly(_ text: some StringProtocol) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        let (escapes, strays) = escapes(in: text)
        guard escapes > 0, strays == 0 else { return nil }
        return decoded(text)
    }

    /// How many `%` begin two hexadecimal digits, and how many do not.
    public static func escapes(in text: some StringProtocol) -> (whole: Int, stray: Int) {
        var (whole, stray) = (0, 0)
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            if escaped(rest) == nil { stray += 1 } else { whole += 1 }
        }
        return (whole, stray)
    }

    /// Encodes all but letters, digits and `-._~`, so that the text means itself wherever it stands.
    public static func encodeReserved(_ text: String) -> String { encode(text, keeping: isUnreserved) }

    /// Encodes what may not stand in a path; slashes stay.
    public static func encodePath(_ path: String) -> String { encode(path, keeping: isPathByte) }

    /// Encodes everything that would end or change a value in a query.
    public static func encodeQueryValue(_ value: String) -> String {
        encode(value) { isPathByte($0) && !"+&=;".utf8.contains($0) }
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        guard !text.utf8.allSatisfy(isKept) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) { bytes.append(byte) } else { bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool { isUnreserved(byte) || "/!$&'()*+,;=:@".utf8.contains(byte) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~".utf8.contains(byte)
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

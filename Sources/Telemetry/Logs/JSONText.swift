import Logging

/// Writes JSON (RFC 8259) without white space.
struct JSONText {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Punctuation, written as it is.
    mutating func raw(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        // Most texts need no escape: they are copied in one piece.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            escaped(text)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Numbers and truth values stay what they are, other descriptions become strings.
    mutating func value(_ value: Logger.MetadataValue, redacting keys: RedactedKeys) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let value): convertible(value)
        case .array(let values):
            raw("[")
            for (index, value) in values.enumerated() {
                if index > 0 { raw(",") }
                self.value(value, redacting: keys)
            }
            raw("]")
        case .dictionary(let values):
            raw("{")
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { raw(",") }
                member(key, value, redacting: keys)
            }
            raw("}")
        }
    }

    mutating func member(_ key: String, _ value: Logger.MetadataValue, redacting keys: RedactedKeys) {
        string(key)
        raw(":")
        if keys.contains(key) {
            string(RedactedKeys.replacement)
        } else {
            self.value(value, redacting: keys)
        }
    }

    private mutating func convertible(_ value: any CustomStringConvertible) {
        if let value = value as? Bool {
            raw(value ? "true" : "false")
        } else if let value = value as? any BinaryInteger, let number = Int64(exactly: value) {
            bytes.append(contentsOf: String(number).utf8)
        } else if let value = value as? Double, value.isFinite {
            bytes.append(contentsOf: value.description.utf8)
        } else {
            string(value.description)
        }
    }

    private mutating func escaped(_ text: String) {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\r"): raw("\\r")
            case UInt8(ascii: "\t"): raw("\\t")
            case 0..<0x20, 0x7F: escape(byte)
            // JSON allows U+0080 to U+009F as they are, but a terminal may obey them.
            case 0x80..<0xA0 where previous == 0xC2:
                bytes.removeLast()
                escape(byte)
            default: bytes.append(byte)
            }
            previous = byte
        }
    }

    private mutating func escape(_ byte: UInt8) {
        let digits: StaticString = "0123456789abcdef"
        raw("\\u00")
        digits.withUTF8Buffer { bytes += [$0[Int(byte >> 4)], $0[Int(byte & 15)]] }
    }
}

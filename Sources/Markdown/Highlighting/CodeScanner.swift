/// Reads code byte by byte and writes what it has read as HTML.
///
/// Every lexer only moves forward, so highlighting is linear in the length of
/// the code, and whatever a lexer thinks of it, all of the code comes out.
struct CodeScanner {
    private let bytes: [UInt8]
    private(set) var position = 0
    private(set) var html = HTMLBuffer()

    init(_ code: String) {
        bytes = Array(code.utf8)
        html.reserve(bytes.count * 2)
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The byte `offset` places ahead; 0 past the end.
    func peek(_ offset: Int = 0) -> UInt8 {
        let index = position + offset
        return index >= 0 && index < bytes.count ? bytes[index] : 0
    }

    var isAtLineStart: Bool { position == 0 || bytes[position - 1] == UInt8(ascii: "\n") }

    func starts(with text: String) -> Bool {
        var index = position
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// How many bytes from here on meet `condition`.
    func count(while condition: (UInt8) -> Bool) -> Int {
        var end = position
        while end < bytes.count, condition(bytes[end]) { end += 1 }
        return end - position
    }

    /// Bytes up to the end of the line, without the line break.
    var restOfLine: Int { count { $0 != UInt8(ascii: "\n") } }

    func text(_ count: Int) -> String { String(decoding: bytes[position..<min(position + count, bytes.count)], as: UTF8.self) }

    /// Writes the next `count` bytes as one piece; `nil` is plain code.
    mutating func write(_ count: Int, as token: Token? = nil) {
        let end = min(position + max(count, 0), bytes.count)
        guard end > position else { return }
        if let token { html.markup(token.tag) }
        for index in position..<end { html.escaped(bytes[index]) }
        if token != nil { html.markup("</span>") }
        position = end
    }

    /// Length of a quoted string that begins here, both quotes included; it ends
    /// at the line's end unless it may span lines.
    func quotedLength(quote: String, escape: UInt8? = UInt8(ascii: "\\"), spansLines: Bool) -> Int {
        let quote = Array(quote.utf8)
        var index = position + quote.count
        while index < bytes.count {
            let byte = bytes[index]
            if byte == escape {
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\n"), !spansLines { break }
            if byte == quote[0], index + quote.count <= bytes.count, bytes[index..<(index + quote.count)].elementsEqual(quote) {
                return index + quote.count - position
            }
            index += 1
        }
        return min(index, bytes.count) - position
    }

    /// Length of a number that begins here: digits, base prefixes, fractions, units.
    var numberLength: Int { count { $0.isWord || $0 == UInt8(ascii: ".") } }

    /// Length of the word that begins `offset` places ahead.
    func wordLength(from offset: Int = 0) -> Int {
        var length = 0
        while peek(offset + length).isWord { length += 1 }
        return length
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
    /// Letters, digits, underscore, and every byte of a character beyond ASCII.
    var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") || self >= 0x80 }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var isSpace: Bool { isBlank || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isUppercase: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
}

import JSON

/// Walks over a JSON text (RFC 8259) where it lies, checks it to its end, and builds only what it is asked for.
///
/// Valid only while the memory is.
struct JSONScanner {
    enum Fault: Error, Equatable {
        case notJSON
        case notUTF8
        case tooDeep
    }

    /// Arrays and objects in each other.
    static let deepest = 128

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Reads a text that is one object, and tells where its members lie.
    ///
    /// - Parameter visit: is given the name without its quotation marks, as it is written, and the value.
    mutating func object(_ visit: (_ name: Range<Int>, _ value: Range<Int>) -> Void) throws(Fault) {
        skipSpace()
        try members(depth: 1, visit)
        try expectEnd()
    }

    /// Reads a text of any kind and builds it.
    mutating func value() throws(Fault) -> JSONValue {
        let value = try build(depth: 0)
        try expectEnd()
        return value
    }

    // MARK: Checking

    private mutating func expectEnd() throws(Fault) {
        skipSpace()
        guard at == bytes.count else { throw .notJSON }
    }

    private mutating func members(depth: Int, _ visit: (Range<Int>, Range<Int>) -> Void) throws(Fault) {
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            let start = at
            try skip(depth: depth)
            visit(name, start..<at)
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func skip(depth: Int) throws(Fault) {
        guard depth <= Self.deepest else { throw .tooDeep }
        switch peek {
        case UInt8(ascii: "{"): try members(depth: depth + 1) { _, _ in }
        case UInt8(ascii: "["):
            at += 1
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            while true {
                skipSpace()
                try skip(depth: depth + 1)
                skipSpace()
                if take(UInt8(ascii: "]")) { return }
                try expect(UInt8(ascii: ","))
            }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    /// Returns what is between the quotation marks.
    private mutating func string() throws(Fault) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return start..<at - 1
            case UInt8(ascii: "\\"): try escape()
            case ..<0x20: throw .notJSON
            case ..<0x80: at += 1
            default: try character(byte)
            }
        }
        throw .notJSON
    }

    private mutating func escape() throws(Fault) {
        guard at + 1 < bytes.count else { throw .notJSON }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            guard at + 6 <= bytes.count, bytes[at + 2..<at + 6].allSatisfy(Self.isHexDigit) else { throw .notJSON }
            at += 6
        default: throw .notJSON
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }

    /// A character of two to four bytes (RFC 3629): none longer than it must be, no surrogates, none above U+10FFFF.
    private mutating func character(_ first: UInt8) throws(Fault) {
        let (count, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: throw .notUTF8
            }
        guard at + count <= bytes.count, second.contains(bytes[at + 1]) else { throw .notUTF8 }
        for index in at + 2..<at + max(count, 2) where bytes[index] & 0xC0 != 0x80 { throw .notUTF8 }
        at += count
    }

    private mutating func number() throws(Fault) -> (text: Range<Int>, isWhole: Bool) {
        let start = at
        var isWhole = true
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isWhole = false
            at += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return (start..<at, isWhole)
    }

    private mutating func digits() throws(Fault) {
        let start = at
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
        guard at > start else { throw at < bytes.count && bytes[at] >= 0x80 ? .notUTF8 : .notJSON }
    }

    private mutating func word(_ word: StaticString) throws(Fault) {
        let end = at + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[at..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)) else {
            throw .notJSON
        }
        at = end
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Fault) {
        guard take(byte) else { throw at < bytes.count && bytes[at] >= 0x80 ? .notUTF8 : .notJSON }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    // MARK: Building

    private mutating func build(depth: Int) throws(Fault) -> JSONValue {
        guard depth <= Self.deepest else { throw .tooDeep }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"):
            at += 1
            var members: [String: JSONValue] = [:]
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            while true {
                skipSpace()
                let name = text(of: try string())
                skipSpace()
                try expect(UInt8(ascii: ":"))
                members[name] = try build(depth: depth + 1)
                skipSpace()
                if take(UInt8(ascii: "}")) { return .object(members) }
                try expect(UInt8(ascii: ","))
            }
        case UInt8(ascii: "["):
            at += 1
            var values: [JSONValue] = []
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(values) }
            while true {
                values.append(try build(depth: depth + 1))
                skipSpace()
                if take(UInt8(ascii: "]")) { return .array(values) }
                try expect(UInt8(ascii: ","))
            }
        case UInt8(ascii: "\""): return .string(text(of: try string()))
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            let (range, isWhole) = try number()
            let text = String(decoding: bytes[range], as: UTF8.self)
            if isWhole, let whole = Int(text) { return .integer(whole) }
            let number = Double(text) ?? 0
            return Int(exactly: number).map { .integer($0) } ?? .number(number)
        }
    }

    /// What a string of the text means.
    func text(of range: Range<Int>) -> String {
        guard bytes[range].contains(UInt8(ascii: "\\")) else { return String(decoding: bytes[range], as: UTF8.self) }
        var units: [UInt16] = []
        var text = ""
        var at = range.lowerBound
        var plain = at
        func flush(_ end: Int) {
            guard plain < end else { return }
            text += String(decoding: units, as: UTF16.self)
            units = []
            text += String(decoding: bytes[plain..<end], as: UTF8.self)
        }
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            flush(at)
            switch bytes[at + 1] {
            case UInt8(ascii: "u"):
                // Has been found to be four hexadecimal digits.
                units.append(UInt16(String(decoding: bytes[at + 2..<at + 6], as: UTF8.self), radix: 16) ?? 0xFFFD)
                at += 6
            case let letter:
                let meaning: UInt8 =
                    switch letter {
                    case UInt8(ascii: "b"): 0x08
                    case UInt8(ascii: "f"): 0x0C
                    case UInt8(ascii: "n"): 0x0A
                    case UInt8(ascii: "r"): 0x0D
                    case UInt8(ascii: "t"): 0x09
                    default: letter
                    }
                units.append(UInt16(meaning))
                at += 2
            }
            plain = at
        }
        flush(at)
        return text + String(decoding: units, as: UTF16.self)
    }
}

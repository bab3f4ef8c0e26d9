/// Front matter as most of it is written: a line for each key, with words, a day, a number, a quoted text or a list of words
/// behind it, all of it ASCII.
///
/// YAML says the same of such lines as this does, but takes much longer over them; whatever else stands in a head is
/// for YAML alone.
struct PlainFrontMatter {
    struct Entry {
        let key: String
        let value: FrontMatterValue
        /// From 1.
        let column: Int
    }

    /// One for each line.
    let entries: [Entry]

    /// `nil` where a line is not plain, or a key stands twice.
    init?(_ lines: [Substring]) {
        var entries: [Entry] = []
        entries.reserveCapacity(lines.count)
        for line in lines {
            guard let entry = Self.entry(Array(line.utf8)), !entries.contains(where: { $0.key == entry.key }) else { return nil }
            entries.append(entry)
        }
        self.entries = entries
    }

    private static func entry(_ line: [UInt8]) -> Entry? {
        guard let colon = line.firstIndex(where: { !isLetter($0) }), colon > 0, line[colon] == UInt8(ascii: ":"),
            let start = line[(colon + 1)...].firstIndex(where: { $0 != UInt8(ascii: " ") }), start > colon + 1
        else { return nil }
        let end = (line.lastIndex { $0 != UInt8(ascii: " ") } ?? start) + 1
        return value(line[start..<end]).map { Entry(key: String(decoding: line[..<colon], as: UTF8.self), value: $0, column: start + 1) }
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> FrontMatterValue? {
        switch (bytes.first, bytes.last) {
        case (UInt8(ascii: "\""), _): quoted(bytes)
        case (UInt8(ascii: "["), UInt8(ascii: "]")): list(bytes.dropFirst().dropLast())
        default: words(bytes, besides: "(),;!?'&+*`=<>@%$^~|\"\\[]{}")
        }
    }

    /// Anything but another quote and an escape, and no blanks but the space.
    private static func quoted(_ bytes: ArraySlice<UInt8>) -> FrontMatterValue? {
        guard bytes.count > 1, bytes.last == UInt8(ascii: "\"") else { return nil }
        let inside = bytes.dropFirst().dropLast()
        let isPlain = inside.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return isPlain ? .text(String(decoding: inside, as: UTF8.self), isNull: false) : nil
    }

    private static func list(_ inside: ArraySlice<UInt8>) -> FrontMatterValue? {
        if inside.isEmpty { return .list([]) }
        var items: [FrontMatterValue] = []
        var rest = inside
        while true {
            rest = rest.drop { $0 == UInt8(ascii: " ") }
            // A comma in quotes parts nothing.
            let isQuoted = rest.first == UInt8(ascii: "\"")
            let close = isQuoted ? rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) : rest.startIndex
            guard let close else { return nil }
            let end = rest[close...].firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            guard let last = rest[..<end].lastIndex(where: { $0 != UInt8(ascii: " ") }) else { return nil }
            let item = rest[...last]
            guard let value = isQuoted ? quoted(item) : words(item, besides: "") else { return nil }
            items.append(value)
            if end == rest.endIndex { return .list(items) }
            rest = rest[(end + 1)...]
        }
    }

    /// A scalar without quotes, in which most signs mean nothing once it has begun. A colon is one of its characters where no
    /// blank follows.
    private static func words(_ bytes: ArraySlice<UInt8>, besides others: StaticString) -> FrontMatterValue? {
        guard let first = bytes.first, isLetter(first) || isDigit(first) else { return nil }
        for (index, byte) in zip(bytes.indices, bytes) where !isLetter(byte) && !isDigit(byte) {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"): break
            case UInt8(ascii: ":"):
                guard others.utf8CodeUnitCount > 0, index + 1 < bytes.endIndex, bytes[index + 1] != UInt8(ascii: " ") else { return nil }
            default: guard others.withUTF8Buffer({ $0.contains(byte) }) else { return nil }
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.lowercased() == "null" ? nil : .text(text, isNull: false)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// `[[target]]` and its longer forms, found in text that is not code.
struct Wikilink: Equatable {
    /// What stands between the brackets, split at the bars.
    let parts: [String]
    /// As written, brackets included.
    let source: String
    /// `![[…]]` asks for the thing itself, not for a link to it.
    let isEmbed: Bool

    /// What to show as long as nothing is known of the target: the last part
    /// that is not a path, without an anchor where no text was given.
    let shownText: String

    init(parts: [String], source: String, isEmbed: Bool) {
        (self.parts, self.source, self.isEmbed) = (parts, source, isEmbed)
        switch parts.count {
        case 1: shownText = Self.shownText(ofTarget: parts[0])
        case 2: shownText = parts[1].utf8.contains(UInt8(ascii: "/")) ? parts[0] : parts[1]
        default: shownText = parts[2]
        }
    }

    private static func shownText(ofTarget target: String) -> String {
        guard let hash = target.utf8.firstIndex(of: UInt8(ascii: "#")) else { return target }
        let page = target[..<hash]
        let heading = target[target.index(after: hash)...]
        return page.isEmpty ? String(heading) : "\(page) › \(heading)"
    }

    enum Part: Equatable {
        case text(String)
        case link(Wikilink)
    }

    /// Most texts hold no two brackets side by side, and need not be split.
    static func mayStand(in bytes: Span<UInt8>) -> Bool {
        var index = 0
        while true {
            index = bytes.firstOffset(of: UInt8(ascii: "["), from: index)
            guard index + 1 < bytes.count else { return false }
            if bytes[index + 1] == UInt8(ascii: "[") { return true }
            index += 2
        }
    }

    /// Splits text at its wikilinks. Linear in the length of the text; an
    /// opening without its close is text.
    static func parts(of bytes: ArraySlice<UInt8>) -> [Part] {
        // What is looked for is ASCII, so every cut is between two characters.
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let span = bytes.span
        func pair(_ byte: UInt8, in range: Range<Int>) -> Int? {
            var index = range.lowerBound
            while true {
                let within = span.extracting(0..<(range.upperBound - bytes.startIndex))
                index = within.firstOffset(of: byte, from: index - bytes.startIndex) + bytes.startIndex
                guard index + 1 < range.upperBound else { return nil }
                if bytes[index + 1] == byte { return index }
                index += 1
            }
        }
        let (opening, closing, bar, newline) = (UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "|"), UInt8(ascii: "\n"))
        /// What stands between the brackets, if that may be a link.
        func fields(in inside: Range<Int>) -> [String]? {
            var fields: [String] = []
            var (start, count) = (inside.lowerBound, 0)
            while true {
                let end = bytes[start..<inside.upperBound].firstIndex { $0 == bar || $0 == closing || $0 == newline } ?? inside.upperBound
                guard end == inside.upperBound || bytes[end] == bar else { return nil }
                count += 1
                let field = string(start..<end).trimmed
                if !field.isEmpty { fields.append(field) } else if count == 1 { return nil }
                if end == inside.upperBound { return count <= 3 ? fields : nil }
                start = end + 1
            }
        }
        var parts: [Part] = []
        var rest = bytes.startIndex
        /// Where the text begins that belongs to no link.
        var plain = rest
        while let open = pair(opening, in: rest..<bytes.endIndex), let close = pair(closing, in: open + 2..<bytes.endIndex) {
            // The innermost opening counts: `[[[x]]` is a bracket and a link.
            var start = open + 2
            while let inner = pair(opening, in: start..<close) { start = inner + 2 }
            while start < close, bytes[start] == opening { start += 1 }
            if let fields = fields(in: start..<close) {
                let isEmbed = start - 2 > rest && bytes[start - 3] == UInt8(ascii: "!")
                let end = isEmbed ? start - 3 : start - 2
                if end > plain { parts.append(.text(string(plain..<end))) }
                parts.append(.link(Wikilink(parts: fields, source: string(start - 2..<close + 2), isEmbed: isEmbed)))
                plain = close + 2
            }
            rest = close + 2
        }
        if plain < bytes.endIndex { parts.append(.text(string(plain..<bytes.endIndex))) }
        return parts
    }
}

extension StringProtocol {
    /// Without blanks at either end.
    var trimmed: String {
        // Letters and digits at both ends are the rule, and telling what else is blank costs more than this.
        let bytes = Substring(self).utf8
        if let first = bytes.first, let last = bytes.last, first > 0x20, first < 0x7F, last > 0x20, last < 0x7F { return String(self) }
        var slice = self[...]
        while slice.first?.isWhitespace == true { slice.removeFirst() }
        while slice.last?.isWhitespace == true { slice.removeLast() }
        return String(slice)
    }
}

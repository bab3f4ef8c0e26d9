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
    var shownText: String {
        if parts.count == 1 {
            let target = parts[0]
            guard let hash = target.firstIndex(of: "#") else { return target }
            let page = target[..<hash]
            let heading = target[target.index(after: hash)...]
            return page.isEmpty ? String(heading) : "\(page) › \(heading)"
        }
        if parts.count == 2 { return parts[1].contains("/") ? parts[0] : parts[1] }
        return parts[2]
    }

    enum Part: Equatable {
        case text(String)
        case link(Wikilink)
    }

    /// Most texts hold no two brackets side by side, and need not be split.
    static func mayStand(in text: String) -> Bool {
        let bytes = text.utf8.span
        var index = 1
        while index < bytes.count {
            // Every other byte is enough to meet one of two.
            if bytes[index] == UInt8(ascii: "[") {
                if bytes[index - 1] == UInt8(ascii: "[") || index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "[") { return true }
            }
            index += 2
        }
        return false
    }

    /// Splits text at its wikilinks. Linear in the length of the text; an
    /// opening without its close is text.
    static func parts(of text: String) -> [Part] {
        guard mayStand(in: text) else { return [.text(text)] }
        // What is looked for is ASCII, so every cut is between two characters.
        let bytes = Array(text.utf8)
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        func pair(_ byte: UInt8, in range: Range<Int>) -> Int? {
            var index = range.lowerBound
            while index + 1 < range.upperBound {
                if bytes[index] == byte, bytes[index + 1] == byte { return index }
                index += 1
            }
            return nil
        }
        let (opening, closing) = (UInt8(ascii: "["), UInt8(ascii: "]"))
        var parts: [Part] = []
        var rest = 0
        var plain = ""
        while let open = pair(opening, in: rest..<bytes.count), let close = pair(closing, in: open + 2..<bytes.count) {
            // The innermost opening counts: `[[[x]]` is a bracket and a link.
            var start = open + 2
            while let inner = pair(opening, in: start..<close) { start = inner + 2 }
            while start < close, bytes[start] == opening { start += 1 }
            let inside = bytes[start..<close]
            let fields = inside.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map { string($0.indices).trimmed }
            plain += string(rest..<start - 2)
            if fields.count <= 3, !fields[0].isEmpty, !inside.contains(UInt8(ascii: "\n")), !inside.contains(closing) {
                let isEmbed = plain.utf8.last == UInt8(ascii: "!")
                if isEmbed { plain.removeLast() }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.link(Wikilink(parts: fields.filter { !$0.isEmpty }, source: "[[\(string(start..<close))]]", isEmbed: isEmbed)))
            } else {
                plain += "[[\(string(start..<close))]]"
            }
            rest = close + 2
        }
        plain += string(rest..<bytes.count)
        if !plain.isEmpty { parts.append(.text(plain)) }
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

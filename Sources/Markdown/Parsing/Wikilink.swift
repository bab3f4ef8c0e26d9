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

    /// Splits text at its wikilinks. Linear in the length of the text; an
    /// opening without its close is text.
    static func parts(of text: String) -> [Part] {
        guard text.firstPlace(of: "[[") != nil else { return [.text(text)] }
        var parts: [Part] = []
        var rest = text[...]
        var plain = ""
        while let open = rest.firstPlace(of: "[[") {
            guard let close = rest[open.upperBound...].firstPlace(of: "]]") else { break }
            // The innermost opening counts: `[[[x]]` is a bracket and a link.
            var start = open.upperBound
            while let inner = rest[start..<close.lowerBound].firstPlace(of: "[[") { start = inner.upperBound }
            while start < close.lowerBound, rest[start] == "[" { start = rest.index(after: start) }
            let inside = rest[start..<close.lowerBound]
            let fields = inside.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
            plain += rest[..<rest.index(start, offsetBy: -2)]
            if fields.count <= 3, !fields[0].isEmpty, !inside.contains("\n"), !inside.contains("]") {
                let isEmbed = plain.hasSuffix("!")
                if isEmbed { plain.removeLast() }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.link(Wikilink(parts: fields.filter { !$0.isEmpty }, source: "[[\(inside)]]", isEmbed: isEmbed)))
            } else {
                plain += "[[\(inside)]]"
            }
            rest = rest[close.upperBound...]
        }
        plain += rest
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

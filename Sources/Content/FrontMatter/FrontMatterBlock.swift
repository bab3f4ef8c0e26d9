/// The lines between the two `---` at the head of a note, cut from its text.
struct FrontMatterBlock {
    /// Without the rules; the first line is line 2 of the file.
    let lines: [Substring]
    /// The text below, and how many lines of the file stand above it.
    let body: Substring
    let bodyLine: Int
    /// The second rule is missing.
    let isUnclosed: Bool

    init(of text: String) {
        let start = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        guard start.hasPrefix("---"), let firstEnd = start.firstIndex(where: \.isNewline), start[..<firstEnd].trimmedEnd == "---" else {
            self.init(lines: [], body: start, bodyLine: 0, isUnclosed: false)
            return
        }
        var lines: [Substring] = []
        var rest = start[start.index(after: firstEnd)...]
        while !rest.isEmpty {
            let end = rest.firstIndex(where: \.isNewline) ?? rest.endIndex
            let line = rest[..<end]
            rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
            if ["---", "..."].contains(line.trimmedEnd) {
                self.init(lines: lines, body: rest, bodyLine: lines.count + 2, isUnclosed: false)
                return
            }
            lines.append(line)
        }
        // Without an end, the whole note would vanish into its head.
        self.init(lines: [], body: start[start.index(after: firstEnd)...], bodyLine: 1, isUnclosed: true)
    }

    private init(lines: [Substring], body: Substring, bodyLine: Int, isUnclosed: Bool) {
        self.lines = lines
        self.body = body
        self.bodyLine = bodyLine
        self.isUnclosed = isUnclosed
    }
}

extension StringProtocol {
    var trimmedEnd: SubSequence {
        var slice = self[startIndex..<endIndex]
        while slice.last?.isWhitespace == true { slice = slice.dropLast() }
        return slice
    }

    var trimmed: String { String(trimmedEnd.drop(while: \.isWhitespace)) }
}

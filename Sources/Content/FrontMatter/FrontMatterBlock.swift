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
        var rest = text.utf8.starts(with: "\u{FEFF}".utf8) ? text[text.utf8.index(text.startIndex, offsetBy: 3)...] : text[...]
        let start = rest
        guard start.utf8.starts(with: "---".utf8), Self.takeLine(&rest).trimmedEnd == "---", start.isEnded(by: rest) else {
            self.init(lines: [], body: start, bodyLine: 0, isUnclosed: false)
            return
        }
        let whole = rest
        var lines: [Substring] = []
        while !rest.isEmpty {
            let line = Self.takeLine(&rest)
            if let first = line.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "."), ["---", "..."].contains(line.trimmedEnd) {
                self.init(lines: lines, body: rest, bodyLine: lines.count + 2, isUnclosed: false)
                return
            }
            lines.append(line)
        }
        // Without an end, the whole note would vanish into its head.
        self.init(lines: [], body: whole, bodyLine: 1, isUnclosed: true)
    }

    /// The first line without its end, which is `\n`, `\r\n` or `\r` (YAML 1.2, section 5.4).
    private static func takeLine(_ rest: inout Substring) -> Substring {
        let bytes = rest.utf8
        guard let end = bytes.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            defer { rest = rest[rest.endIndex...] }
            return rest
        }
        var next = bytes.index(after: end)
        if bytes[end] == UInt8(ascii: "\r"), next < bytes.endIndex, bytes[next] == UInt8(ascii: "\n") { next = bytes.index(after: next) }
        defer { rest = rest[next...] }
        return rest[..<end]
    }

    private init(lines: [Substring], body: Substring, bodyLine: Int, isUnclosed: Bool) {
        self.lines = lines
        self.body = body
        self.bodyLine = bodyLine
        self.isUnclosed = isUnclosed
    }
}

extension Substring {
    /// Whether a line was taken with its end.
    fileprivate func isEnded(by rest: Substring) -> Bool {
        utf8[..<rest.startIndex].last.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? false
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

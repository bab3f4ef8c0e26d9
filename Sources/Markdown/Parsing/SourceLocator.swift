/// Finds where a link stands in the text; cmark-gfm's own columns of inline
/// nodes are wrong after the first line of a paragraph.
struct SourceLocator {
    private let text: String
    /// Split when the first link is looked for: many texts have none.
    private lazy var lines = Self.lines(of: text)
    /// Where the last find ended, so that a link written twice is found twice.
    private var cursor: (line: Int, column: String.Index?) = (0, nil)

    /// Bytes that may still be looked at. A link that is not written as it leads is looked for in vain, and a text can
    /// be full of them.
    private var patience: Int
    /// Longer needles are known by their beginning.
    private static let longestNeedle = 80

    private static func lines(of text: String) -> [Substring] {
        let bytes = text.utf8.span
        var lines: [Substring] = []
        var start = (offset: 0, index: text.startIndex)
        for offset in 0...bytes.count where offset == bytes.count || bytes[offset] == UInt8(ascii: "\n") {
            let end = text.utf8.index(start.index, offsetBy: offset - start.offset)
            lines.append(text[start.index..<end])
            if offset < bytes.count { start = (offset + 1, text.utf8.index(after: end)) }
        }
        return lines
    }

    init(text: String) {
        self.text = text
        patience = 32 * text.utf8.count
    }

    /// Line and column, from 1, of `needle` between two lines; the first of
    /// them where it is not found as written.
    mutating func find(_ needle: String, orElse other: String? = nil, from first: Int, through last: Int) -> (line: Int, column: Int) {
        let first = max(first, 1)
        let end = min(max(first, last), lines.count)
        for needle in [needle, other].compactMap({ $0?.prefix(Self.longestNeedle) }) where !needle.isEmpty {
            var number = max(first, cursor.line)
            while number <= end, patience > 0 {
                let line = lines[number - 1]
                let start = number == cursor.line ? cursor.column ?? line.startIndex : line.startIndex
                patience -= line[start...].utf8.count + 1
                if let range = line[start...].firstPlace(of: needle) {
                    cursor = (number, range.upperBound)
                    let lead = needle.hasPrefix("](") ? line[..<range.lowerBound].lastIndex(of: "[") ?? range.lowerBound : range.lowerBound
                    return (number, Self.characters(in: line[..<lead]) + 1)
                }
                number += 1
            }
        }
        return (first, 1)
    }

    private static func characters(in text: Substring) -> Int {
        // Most lines are ASCII, where every byte is a character but the end of a line of DOS.
        text.utf8.allSatisfy { $0 < 0x80 && $0 != 0x0D } ? text.utf8.count : text.count
    }
}

/// Finds where a link stands in the text; cmark-gfm's own columns of inline
/// nodes are wrong after the first line of a paragraph.
struct SourceLocator {
    private let text: Substring
    /// Offsets at which lines begin, and one past the end. Looked for with the first link: many texts have none.
    private var starts: [Int] = []
    /// Where the last find ended, so that a link written twice is found twice.
    private var cursor: (line: Int, offset: Int) = (0, 0)

    /// Bytes that may still be looked at. A link that is not written as it leads is looked for in vain, and a text can
    /// be full of them.
    private var patience: Int
    /// In characters. Longer needles are known by their beginning.
    private static let longestNeedle = 80

    init(text: Substring) {
        self.text = text
        patience = 32 * text.utf8.count
    }

    /// Line and column, from 1, of `needle` between two lines; the first of
    /// them where it is not found as written.
    mutating func find(_ needle: String, orElse other: String? = nil, from first: Int, through last: Int) -> (line: Int, column: Int) {
        if starts.isEmpty { starts = Self.starts(of: text.utf8.span) }
        let first = max(first, 1)
        let end = min(max(first, last), starts.count - 1)
        if let place = place(of: needle, from: first, through: end) { return place }
        return other.flatMap { place(of: $0, from: first, through: end) } ?? (first, 1)
    }

    private mutating func place(of needle: String, from first: Int, through last: Int) -> (line: Int, column: Int)? {
        let needle = needle.utf8.count > Self.longestNeedle ? String(needle.prefix(Self.longestNeedle)) : needle
        guard !needle.isEmpty else { return nil }
        let (text, needleBytes) = (text.utf8.span, needle.utf8.span)
        var number = max(first, cursor.line)
        while number <= last, patience > 0 {
            let start = number == cursor.line ? cursor.offset : starts[number - 1]
            // Without the line's end.
            let end = starts[number] - 1
            patience -= end - start + 1
            if let found = text.firstOffset(of: needleBytes, from: start, to: end) {
                cursor = (number, found + needleBytes.count)
                var lead = found
                if needleBytes.count > 1, needleBytes[0] == UInt8(ascii: "]"), needleBytes[1] == UInt8(ascii: "(") {
                    while lead > starts[number - 1], text[lead] != UInt8(ascii: "[") { lead -= 1 }
                    if text[lead] != UInt8(ascii: "[") { lead = found }
                }
                return (number, Self.characters(in: text, from: starts[number - 1], to: lead) + 1)
            }
            number += 1
        }
        return nil
    }

    private static func starts(of text: Span<UInt8>) -> [Int] {
        var starts = [0]
        var offset = 0
        while offset < text.count {
            offset = text.firstOffset(of: UInt8(ascii: "\n"), from: offset)
            // The last line needs no end of its own.
            starts.append(offset + 1)
            offset += 1
        }
        if text.isEmpty || text[text.count - 1] == UInt8(ascii: "\n") { starts.append(text.count + 1) }
        return starts
    }

    private static func characters(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        // Most lines are ASCII, where every byte is a character but the end of a line of DOS.
        for index in start..<end where text[index] >= 0x80 || text[index] == 0x0D {
            return unsafe text.extracting(start..<end).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }.count
        }
        return end - start
    }
}

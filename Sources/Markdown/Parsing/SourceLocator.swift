/// Finds where a link stands in the text; cmark-gfm's own columns of inline
/// nodes are wrong after the first line of a paragraph.
struct SourceLocator {
    private let lines: [Substring]
    /// Where the last find ended, so that a link written twice is found twice.
    private var cursor: (line: Int, column: String.Index?) = (0, nil)

    init(text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Line and column, from 1, of `needle` between two lines; the first of
    /// them where it is not found as written.
    mutating func find(_ needle: String, orElse other: String? = nil, from first: Int, through last: Int) -> (line: Int, column: Int) {
        for needle in [needle, other].compactMap({ $0 }) where !needle.isEmpty {
            for number in max(first, 1)...max(first, last, 1) where number <= lines.count {
                if number < cursor.line { continue }
                let line = lines[number - 1]
                let start = number == cursor.line ? cursor.column ?? line.startIndex : line.startIndex
                guard let range = line[start...].firstRange(of: needle) else { continue }
                cursor = (number, range.upperBound)
                let lead = needle.hasPrefix("](") ? line[..<range.lowerBound].lastIndex(of: "[") ?? range.lowerBound : range.lowerBound
                return (number, line.distance(from: line.startIndex, to: lead) + 1)
            }
        }
        return (max(first, 1), 1)
    }
}

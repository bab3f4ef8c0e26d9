/// What a note may cost. cmark-gfm turns a table of a few kilobytes into
/// megabytes of empty cells and walks deep nesting again and again, so the text
/// is measured before it is parsed.
public struct MarkdownLimits: Sendable {
    /// Default 1 MiB.
    public var bytes = 1 << 20
    /// Markers of quotes and lists that one line opens, and brackets that are
    /// open at once; default 100.
    public var nesting = 100
    /// Columns of a table times the lines that follow it; default 50,000.
    public var tableCells = 50_000
    /// Bytes of the longest reference definition times the brackets that may refer to it; default 16 MiB.
    public var referenceBytes = 16 << 20

    public init() {}

    public struct Excess: Error, Sendable, Equatable {
        /// Counts from 1.
        public let line: Int
        public let message: String
        public let remedy: String
    }

    /// Passes over the bytes, without allocating.
    func check(_ text: Substring) throws(Excess) {
        if text.utf8.count > bytes {
            throw Excess(
                line: 1, message: "the note has \(text.utf8.count) bytes and at most \(bytes) are rendered",
                remedy: "split it into several notes")
        }
        if let found = scan(text.utf8.span) { throw found }
        let references = ReferenceCost(of: text.utf8.span)
        if references.bytes > referenceBytes {
            throw Excess(
                line: references.line, message: "a reference of \(references.longest) bytes is copied for each of its uses",
                remedy: "write the address where it is used")
        }
    }

    /// What only shows once it is parsed: emphasis inside emphasis has no marker of its own.
    func check(_ tree: MarkdownTree) throws(Excess) {
        guard tree.depth > nesting * 3 else { return }
        throw Excess(line: 1, message: "markup is nested \(tree.depth) levels deep", remedy: "flatten it; at most \(nesting * 3) are rendered")
    }

    private func scan(_ bytes: Span<UInt8>) -> Excess? {
        var line = 1
        var markers = 0
        var bars = 0
        var brackets = 0
        var atStart = true
        /// Columns of the widest table line in the current run of lines with bars, and the length of that run.
        var columns = 0
        var rows = 0
        var following = 0
        while following < bytes.count {
            // In the middle of a line, most bytes are none of those that count.
            if !atStart, markers <= nesting {
                following = bytes.firstOffset(of: UInt8(ascii: "\n"), UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "]"), from: following)
                if following == bytes.count { break }
            }
            let index = following
            let byte = bytes[index]
            following += 1
            switch byte {
            case UInt8(ascii: "\n"):
                if bars > 0 || rows > 0, markers > 0 || !atStart {
                    rows += 1
                    columns = max(columns, bars)
                    if rows * columns > tableCells {
                        return Excess(
                            line: line, message: "a table of \(columns) columns and \(rows) rows or more is too large",
                            remedy: "split the table; at most \(tableCells) cells are rendered")
                    }
                }
                if atStart { (rows, columns, brackets) = (0, 0, 0) }
                (markers, bars, atStart) = (0, 0, true)
                line += 1
            case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"):
                if atStart { markers += 1 }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                break
            case UInt8(ascii: "|"):
                bars += 1
                atStart = false
            case UInt8(ascii: "["):
                brackets += 1
                atStart = false
            case UInt8(ascii: "]"):
                brackets = max(0, brackets - 1)
                atStart = false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ")"):
                // `1. 1. 1.` nests as well; a digit alone does not end the run of markers.
                if byte == UInt8(ascii: "."), atStart { markers += 1 }
            default:
                atStart = false
            }
            // A rule of many dashes is one marker however long; quotes count each.
            if markers > nesting, !isRule(bytes, endingAt: index) {
                return Excess(
                    line: line, message: "more than \(nesting) quotes or lists inside each other",
                    remedy: "flatten the nesting")
            }
            if brackets > nesting * 10 {
                return Excess(
                    line: line, message: "more than \(nesting * 10) brackets open at once", remedy: "close them, or escape them with a backslash")
            }
        }
        return nil
    }

    /// Whether the last bytes are one character again and again, as in a rule.
    private func isRule(_ bytes: Span<UInt8>, endingAt index: Int) -> Bool {
        let byte = bytes[index]
        guard byte != UInt8(ascii: ">"), index > 3 else { return false }
        return bytes[index - 1] == byte && bytes[index - 2] == byte && bytes[index - 3] == byte
    }
}

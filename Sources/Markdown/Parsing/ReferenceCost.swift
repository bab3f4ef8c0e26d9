/// What reference links may come to: cmark-gfm copies a definition's destination
/// and title for every use, so a few kilobytes of text become gigabytes.
struct ReferenceCost {
    /// Of the longest definition: its line, from 1, and its bytes, at most.
    private(set) var line = 1
    private(set) var longest = 0
    /// Closing brackets: as many references as there can be.
    private(set) var uses = 0

    /// Bytes of all copies, at most.
    var bytes: Int { longest.multipliedReportingOverflow(by: uses).overflow ? .max : longest * uses }

    /// One pass over the bytes, without allocating.
    init(of bytes: Span<UInt8>) {
        // Most notes define none.
        guard bytes.contains("]:") else { return }
        /// A line that begins with a bracket, and the lines below it up to a blank one or the next of its kind.
        var start: (offset: Int, line: Int)?
        var isDefinition = false
        var isAtStart = true
        var number = 1
        var lineOffset = 0

        func end(at offset: Int, _ cost: inout ReferenceCost) {
            if let start, isDefinition, offset - start.offset > cost.longest { (cost.line, cost.longest) = (start.line, offset - start.offset) }
            (start, isDefinition) = (nil, false)
        }

        var following = 0
        while following < bytes.count {
            // In the middle of a line, only brackets count.
            if !isAtStart {
                following = bytes.firstOffset(of: UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "["), UInt8(ascii: "]"), from: following)
            }
            if following == bytes.count { break }
            let index = following
            following += 1
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if isAtStart { end(at: lineOffset, &self) }
                if bytes[index] == UInt8(ascii: "\n") { number += 1 }
                (isAtStart, lineOffset) = (true, index + 1)
            case UInt8(ascii: "["):
                // A footnote is not copied.
                let isFootnote = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "^")
                if isAtStart {
                    end(at: lineOffset, &self)
                    if !isFootnote { start = (lineOffset, number) }
                }
                isAtStart = false
            case UInt8(ascii: "]"):
                uses += 1
                if start != nil, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ":") { isDefinition = true }
                isAtStart = false
            // Markers of quotes and lists.
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ")"):
                break
            default: isAtStart = false
            }
        }
        end(at: bytes.count, &self)
    }
}

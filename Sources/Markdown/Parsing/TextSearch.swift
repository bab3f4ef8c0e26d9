extension StringProtocol where SubSequence == Substring {
    /// Where `needle` stands first, compared byte by byte: what is looked for here is
    /// punctuation and what authors copied, and comparing letters costs ten times as much.
    func firstPlace(of needle: some StringProtocol) -> Range<Index>? {
        let bytes = self[...].utf8
        let wanted = Array(needle.utf8)
        guard let first = wanted.first else { return nil }
        var index = bytes.startIndex
        while let start = bytes[index...].firstIndex(of: first) {
            var end = start
            var matched = 0
            while matched < wanted.count, end < bytes.endIndex, bytes[end] == wanted[matched] {
                end = bytes.index(after: end)
                matched += 1
            }
            if matched == wanted.count { return start..<end }
            index = bytes.index(after: start)
        }
        return nil
    }
}

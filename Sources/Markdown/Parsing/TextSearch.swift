extension StringProtocol where SubSequence == Substring {
    /// Where `needle` stands first, compared byte by byte: what is looked for here is
    /// punctuation and what authors copied, and comparing letters costs ten times as much.
    func firstPlace(of needle: some StringProtocol) -> Range<Index>? {
        var text = self[...]
        var needle = Substring(needle)
        let offset = text.withUTF8 { text in needle.withUTF8 { needle in unsafe Self.offset(of: needle, in: text) } }
        guard let offset else { return nil }
        let start = utf8.index(startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: needle.utf8.count)
    }

    private static func offset(of needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = unsafe needle.first, needle.count <= text.count else { return nil }
        var start = 0
        while start <= text.count - needle.count {
            if unsafe text[start] == first {
                var matched = 1
                while matched < needle.count, unsafe text[start + matched] == needle[matched] { matched += 1 }
                if matched == needle.count { return start }
            }
            start += 1
        }
        return nil
    }
}

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

extension Span<UInt8> {
    /// Where one of four bytes stands next, or the end; eight are looked at together.
    func firstOffset(of first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        /// Not zero where one of the eight bytes is zero.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones << 7) }
        let patterns = (ones &* UInt64(first), ones &* UInt64(second), ones &* UInt64(third), ones &* UInt64(fourth))
        var offset = start
        unsafe withUnsafeBytes { bytes in
            while offset + 8 <= bytes.count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let found = zeros(word ^ patterns.0) | zeros(word ^ patterns.1) | zeros(word ^ patterns.2) | zeros(word ^ patterns.3)
                if found != 0 { break }
                offset += 8
            }
        }
        while offset < count, self[offset] != first, self[offset] != second, self[offset] != third, self[offset] != fourth { offset += 1 }
        return offset
    }
}

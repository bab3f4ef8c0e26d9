extension Span<UInt8> {
    /// Where a byte stands next, or the end.
    func firstOffset(of byte: UInt8, from start: Int) -> Int { firstOffset(of: byte, byte, byte, byte, from: start) }

    func contains(_ needle: String) -> Bool { firstOffset(of: needle.utf8.span, from: 0, to: count) != nil }

    /// Where `needle` stands first between two offsets, compared byte by byte: what is looked for here is
    /// punctuation and what authors copied, and comparing letters costs ten times as much.
    func firstOffset(of needle: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard !needle.isEmpty, end - start >= needle.count else { return nil }
        return unsafe withUnsafeBytes { text in
            unsafe needle.withUnsafeBytes { needle in
                let first = unsafe needle[0]
                for offset in start...(end - needle.count) where unsafe text[offset] == first {
                    var matched = 1
                    while matched < needle.count, unsafe text[offset + matched] == needle[matched] { matched += 1 }
                    if matched == needle.count { return offset }
                }
                return nil
            }
        }
    }

    /// Where one of four bytes stands next, or the end; eight are looked at together.
    func firstOffset(of first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        /// Not zero where one of the eight bytes is zero.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones << 7) }
        let patterns = (ones &* UInt64(first), ones &* UInt64(second), ones &* UInt64(third), ones &* UInt64(fourth))
        var offset = start
        unsafe withUnsafeBytes { bytes in
            while offset + 8 <= bytes.count {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let found = zeros(word ^ patterns.0) | zeros(word ^ patterns.1) | zeros(word ^ patterns.2) | zeros(word ^ patterns.3)
                // The lowest mark is right; those above it may come from its borrow.
                if found != 0 { return offset += found.trailingZeroBitCount / 8 }
                offset += 8
            }
            while offset < bytes.count {
                let byte = unsafe bytes[offset]
                if byte == first || byte == second || byte == third || byte == fourth { return }
                offset += 1
            }
        }
        return offset
    }
}

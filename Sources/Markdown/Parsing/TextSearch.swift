extension Span<UInt8> {
    /// Where a byte stands next, or the end.
    func firstOffset(of byte: UInt8, from start: Int) -> Int { firstOffset(of: byte, byte, byte, byte, from: start) }

    var isASCII: Bool {
        var all: UInt8 = 0
        for index in indices { all |= self[index] }
        return all < 0x80
    }

    func contains(_ needle: String) -> Bool { firstOffset(of: needle.utf8.span, from: 0, to: count) != nil }

    /// Where `needle` stands first between two offsets, compared byte by byte: what is looked for here is
    /// punctuation and what authors copied, and comparing letters costs ten times as much.
    func firstOffset(of needle: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard !needle.isEmpty, end - start >= needle.count else { return nil }
        // No further than to the end: it may be looked for in each line of a text that is full of lines.
        return unsafe extracting(0..<end).withUnsafeBytes { text in
            unsafe needle.withUnsafeBytes { needle in
                let first = unsafe needle[0]
                var offset = start
                while true {
                    offset = unsafe Self.firstOffset(in: text, of: first, first, first, first, from: offset)
                    guard offset + needle.count <= end else { return nil }
                    var matched = 1
                    while matched < needle.count, unsafe text[offset + matched] == needle[matched] { matched += 1 }
                    if matched == needle.count { return offset }
                    offset += 1
                }
            }
        }
    }

    /// Where one of four bytes stands next, or the end; sixteen are looked at together.
    func firstOffset(of first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, from start: Int) -> Int {
        unsafe withUnsafeBytes { unsafe Self.firstOffset(in: $0, of: first, second, third, fourth, from: start) }
    }

    @inline(__always) private static func firstOffset(
        in bytes: UnsafeRawBufferPointer, of first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, from start: Int
    ) -> Int {
        typealias Sixteen = SIMD16<UInt8>
        let patterns = (Sixteen(repeating: first), Sixteen(repeating: second), Sixteen(repeating: third), Sixteen(repeating: fourth))
        var offset = start
        while offset + 16 <= bytes.count {
            let part = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Sixteen.self)
            let found = (part .== patterns.0) .| (part .== patterns.1) .| (part .== patterns.2) .| (part .== patterns.3)
            if any(found) { break }
            offset += 16
        }
        while offset < bytes.count {
            let byte = unsafe bytes[offset]
            if byte == first || byte == second || byte == third || byte == fourth { break }
            offset += 1
        }
        return offset
    }
}

import CZlib

/// A text with a gap in it, in gzip, made once for whatever is put into the gap: one member, as all clients read it.
///
/// Members one after the other (RFC 1952, section 2.2) are not what browsers read: Chromium ends with the first.
/// So both parts and what comes between are blocks of one stream, each ending at a byte (`Z_FULL_FLUSH`) and looking
/// back at nothing before it, and the checksums of the parts make that of the whole.
public struct GzipShell: Sendable {
    /// What is put into the gap.
    public struct Piece: Sendable {
        public let bytes: [UInt8]
        let checksum: UInt
        let length: Int

        /// `nil` where zlib has no memory.
        public init?(_ text: some Collection<UInt8>) {
            guard let part = GzipShell.part(Array(text), isLast: false) else { return nil }
            (bytes, checksum, length) = part
        }
    }

    /// From the beginning of the stream to the gap.
    public let before: [UInt8]
    /// From the gap to the end of the last block; ``trailer(around:)`` follows.
    public let after: [UInt8]
    private let beforeChecksum: UInt
    private let afterChecksum: UInt
    private let beforeLength: Int
    private let afterLength: Int

    /// `nil` where zlib has no memory.
    public init?(before: some Collection<UInt8>, after: some Collection<UInt8>) {
        guard let first = Self.part(Array(before), isLast: false), let last = Self.part(Array(after), isLast: true) else { return nil }
        // No name, no time, an unknown system.
        self.before = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + first.bytes
        self.after = last.bytes
        (beforeChecksum, beforeLength) = (first.checksum, first.length)
        (afterChecksum, afterLength) = (last.checksum, last.length)
    }

    /// The end of the stream with `piece` in the gap: 8 bytes.
    public func trailer(around piece: Piece) -> [UInt8] {
        let begun = crc32_combine(beforeChecksum, piece.checksum, piece.length)
        let checksum = UInt32(truncatingIfNeeded: crc32_combine(begun, afterChecksum, afterLength))
        let length = UInt32(truncatingIfNeeded: beforeLength + piece.length + afterLength)
        return [checksum, length].flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }

    private static func part(_ input: [UInt8], isLast: Bool) -> (bytes: [UInt8], checksum: UInt, length: Int)? {
        var stream = unsafe z_stream()
        // Without head or trailer.
        guard unsafe landing_deflateInit2(&stream, 6, -15, 9) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        // Beyond its own bound, a flush takes an empty block.
        let bound = unsafe Int(deflateBound(&stream, UInt(input.count))) + 16
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe input.withUnsafeBufferPointer { input in
                // zlib's interface is older than const; it does not write to its input.
                unsafe stream.next_in = unsafe UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(bound)
                let result = unsafe deflate(&stream, isLast ? Z_FINISH : Z_FULL_FLUSH)
                count = unsafe result == (isLast ? Z_STREAM_END : Z_OK) && stream.avail_in == 0 ? bound - Int(stream.avail_out) : 0
            }
        }
        guard !bytes.isEmpty else { return nil }
        let checksum = unsafe input.withUnsafeBufferPointer { unsafe crc32(crc32(0, nil, 0), $0.baseAddress, UInt32($0.count)) }
        return (bytes, checksum, input.count)
    }
}

import CZstd

/// A text that takes little room while nobody reads it (Zstandard, RFC 8878).
public struct PackedText: Sendable {
    public let bytes: [UInt8]
    /// Bytes of the text; `nil` where packing would not make it smaller, and ``bytes`` are the text's.
    public let length: Int?

    /// Fast rather than small: a site has thousands of texts.
    private static let level: Int32 = 1

    /// - Parameter plain: the text's UTF-8.
    public init(_ plain: [UInt8]) {
        if let packed = ZstandardEncoder.encode(plain, level: Self.level), packed.count < plain.count {
            // The encoder's array has room for the worst case.
            bytes = unsafe packed.withUnsafeBufferPointer { unsafe Array($0) }
            length = plain.count
        } else {
            bytes = plain
            length = nil
        }
    }

    /// What was packed before; `nil` where these bytes are not a text of that length that was packed.
    public init?(bytes: [UInt8], length: Int?) {
        if let length {
            let packed = unsafe bytes.withUnsafeBufferPointer { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
            guard length >= 0, packed == UInt64(length) else { return nil }
        }
        self.bytes = bytes
        self.length = length
    }

    /// Unpacks it, at hundreds of megabytes a second.
    public var text: String {
        guard let length else { return String(decoding: bytes, as: UTF8.self) }
        return unsafe String(unsafeUninitializedCapacity: length) { output in
            let size = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe ZSTD_decompress(output.baseAddress, length, input.baseAddress, input.count)
            }
            precondition(ZSTD_isError(size) == 0, "what was packed here can be unpacked")
            return size
        }
    }
}

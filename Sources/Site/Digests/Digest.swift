/// A value that changes with what something was made from, and with nothing else (SHA-256, FIPS 180-4).
public struct Digest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// - Parameter bytes: 32 of them; `nil` for another number.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD4<UInt64>()
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = SIMD4(
            UInt64(bigEndian: words[0]), UInt64(bigEndian: words[1]), UInt64(bigEndian: words[2]), UInt64(bigEndian: words[3]))
    }

    public var bytes: [UInt8] { withWords { Array($0) } }

    /// The 32 bytes, without an array of them.
    func withWords<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let ordered = SIMD4(words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian)
        return withUnsafeBytes(of: ordered, body)
    }

    /// The first 64 bits: enough to tell the versions of one address apart.
    public var short: String { Self.hex(words[0]) }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Digest: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String { (0..<4).map { Self.hex(words[$0]) }.joined() }
}

/// Makes digests; given from outside, so that what flows into them needs no cryptography.
public struct DigestFunction: Sendable {
    private let hash: @Sendable ([UInt8]) -> Digest

    public init(_ hash: @escaping @Sendable ([UInt8]) -> Digest) { self.hash = hash }

    public func callAsFunction(_ bytes: [UInt8]) -> Digest { hash(bytes) }

    public func callAsFunction(_ input: DigestInput) -> Digest { hash(input.bytes) }
}

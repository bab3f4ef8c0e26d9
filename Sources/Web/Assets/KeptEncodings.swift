import ContentCoding
public import Site

/// Encoded bodies of files, which take a thousand times longer to make than to read.
public struct KeptEncodings: Sendable {
    private let results: any KeptResults
    private let hash: DigestFunction

    public init(_ results: any KeptResults, hash: DigestFunction) {
        self.results = results
        self.hash = hash
    }

    /// `bytes` in `coding`, as small as it gets; `nil` where that would not be smaller.
    func encode(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8]? {
        var input = DigestInput("encoding")
        input.add(coding.rawValue)
        input.add(hash(bytes))
        let key = hash(input)
        // Nothing stands for what would not be smaller.
        if let known = results.bytes(for: key) { return known.isEmpty ? nil : known }
        let encoded = coding.encode(bytes, effort: .thorough)
        results.keep(encoded ?? [], for: key)
        return encoded
    }
}

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

    /// What an earlier run has made of some bytes.
    enum Known {
        case encoded([UInt8])
        case notSmaller
        case unknown
    }

    func known(_ bytes: [UInt8], _ coding: ContentCoding) -> Known { known(key(bytes, coding)) }

    /// `bytes` in `coding`, as small as it gets; `nil` where that would not be smaller.
    func encode(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8]? {
        let key = key(bytes, coding)
        switch known(key) {
        case .encoded(let encoded): return encoded
        case .notSmaller: return nil
        case .unknown: break
        }
        let encoded = coding.encode(bytes, effort: .thorough)
        results.keep(encoded ?? [], for: key)
        return encoded
    }

    private func key(_ bytes: [UInt8], _ coding: ContentCoding) -> Digest {
        var input = DigestInput("encoding")
        input.add(coding.rawValue)
        input.add(hash(bytes))
        return hash(input)
    }

    private func known(_ key: Digest) -> Known {
        guard let bytes = results.bytes(for: key) else { return .unknown }
        // Nothing stands for what would not be smaller.
        return bytes.isEmpty ? .notSmaller : .encoded(bytes)
    }
}

import ContentCoding
public import PageCache
public import Site

/// Assets by every address that leads to them, ready to be sent.
public struct PreparedAssets: Sendable {
    public private(set) var responses: [String: PreparedResponse] = [:]
    private var fingerprinted: Set<String> = []
    /// Addresses of files as they were; pages made before the change still ask for them. The oldest first.
    private var retired: [String] = []

    /// Those whose encodings are still to be made.
    private var unfinished: Set<String> = []

    private static let mostRetired = 200

    /// Whether all of them have every encoding that makes them smaller.
    public var isFinished: Bool { unfinished.isEmpty }

    /// Encodes as hard as it can: it is done once.
    ///
    /// - Parameters:
    ///   - commonFields: what every answer of the site carries.
    ///   - previous: an earlier edition's, whose bytes are taken over where they are the same.
    ///   - encodings: finds encoded bodies that are known from an earlier run.
    ///   - onlyKnown: makes none, so that a first start need not wait for what takes longest.
    public init(
        _ catalogs: AssetCatalog..., commonFields: [(String, String)] = [], reusing previous: PreparedAssets? = nil,
        encodings: KeptEncodings? = nil, onlyKnown: Bool = false
    ) {
        let assets = catalogs.flatMap(\.assets.values)
        let prepared = assets.concurrentMap { asset -> (response: PreparedResponse, isFinished: Bool) in
            let address = asset.fingerprintedPath
            if let known = previous?.responses[address], previous?.unfinished.contains(address) != true { return (known, true) }
            return Self.prepare(asset, commonFields, encodings, onlyKnown: onlyKnown)
        }
        for (asset, (lasting, isFinished)) in zip(assets, prepared) {
            if !isFinished { unfinished.insert(asset.fingerprintedPath) }
            responses[asset.fingerprintedPath] = lasting
            fingerprinted.insert(asset.fingerprintedPath)
            guard responses[asset.path] == nil else { continue }
            var known = previous?.responses[asset.path].flatMap { $0.identity.entityTag == lasting.identity.entityTag ? $0 : nil }
            if previous?.unfinished.contains(asset.fingerprintedPath) == true { known = nil }
            responses[asset.path] = known ?? lasting.with(cacheControl: "no-cache", tag: asset.fingerprint, commonFields: commonFields)
        }
        guard let previous else { return }
        let gone = previous.fingerprinted.subtracting(fingerprinted)
        let known = previous.retired.filter(gone.contains)
        retired = (known + gone.subtracting(known).sorted()).suffix(Self.mostRetired)
        for address in retired {
            responses[address] = previous.responses[address]
            fingerprinted.insert(address)
        }
    }

    private static func prepare(
        _ asset: Asset, _ commonFields: [(String, String)], _ encodings: KeptEncodings?, onlyKnown: Bool
    ) -> (response: PreparedResponse, isFinished: Bool) {
        let content = ResponseContent(
            contentType: asset.contentType, cacheControl: "public, max-age=31536000, immutable", acceptsRanges: true, body: asset.bytes)
        var isFinished = true
        let response = PreparedResponse(content, tag: asset.fingerprint, commonFields: commonFields) { bytes, coding in
            guard onlyKnown else { return encodings.map { $0.encode(bytes, coding) } ?? coding.encode(bytes, effort: .thorough) }
            switch encodings?.known(bytes, coding) ?? .unknown {
            case .encoded(let encoded): return encoded
            case .notSmaller: return nil
            case .unknown:
                isFinished = false
                return nil
            }
        }
        return (response, isFinished)
    }
}

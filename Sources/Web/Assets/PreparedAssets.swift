import ContentCoding
public import PageCache
public import Site

/// Assets by every address that leads to them, ready to be sent.
public struct PreparedAssets: Sendable {
    public private(set) var responses: [String: PreparedResponse] = [:]
    private var fingerprinted: Set<String> = []
    /// Addresses of files as they were; pages made before the change still ask for them. The oldest first.
    private var retired: [String] = []

    private static let mostRetired = 200

    /// Encodes as hard as it can: it is done once.
    ///
    /// - Parameters:
    ///   - commonFields: what every answer of the site carries.
    ///   - previous: an earlier edition's, whose bytes are taken over where they are the same.
    ///   - encodings: finds encoded bodies that are known from an earlier run.
    public init(
        _ catalogs: AssetCatalog..., commonFields: [(String, String)] = [], reusing previous: PreparedAssets? = nil,
        encodings: KeptEncodings? = nil
    ) {
        let assets = catalogs.flatMap(\.assets.values)
        let prepared = assets.concurrentMap { previous?.responses[$0.fingerprintedPath] ?? Self.prepare($0, commonFields, encodings) }
        for (asset, lasting) in zip(assets, prepared) {
            responses[asset.fingerprintedPath] = lasting
            fingerprinted.insert(asset.fingerprintedPath)
            guard responses[asset.path] == nil else { continue }
            let known = previous?.responses[asset.path].flatMap { $0.identity.entityTag == lasting.identity.entityTag ? $0 : nil }
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

    private static func prepare(_ asset: Asset, _ commonFields: [(String, String)], _ encodings: KeptEncodings?) -> PreparedResponse {
        let content = ResponseContent(
            contentType: asset.contentType, cacheControl: "public, max-age=31536000, immutable", acceptsRanges: true, body: asset.bytes)
        return PreparedResponse(content, tag: asset.fingerprint, commonFields: commonFields) { bytes, coding in
            if let encodings { encodings.encode(bytes, coding) } else { coding.encode(bytes, effort: .thorough) }
        }
    }
}

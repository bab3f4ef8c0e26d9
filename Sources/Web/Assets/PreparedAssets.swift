import Hummingbird
public import Site

/// Assets by every address that leads to them, ready to be sent.
public struct PreparedAssets: Sendable {
    private var byAddress: [String: (asset: PreparedAsset, isFingerprinted: Bool)] = [:]
    /// Addresses of files as they were; pages made before the change still ask for them. The oldest first.
    private var retired: [String] = []

    private static let mostRetired = 200

    /// - Parameter previous: an earlier edition's, whose bytes are taken over where they are the same.
    public init(_ catalogs: AssetCatalog..., reusing previous: PreparedAssets? = nil) {
        for asset in catalogs.flatMap(\.assets.values) {
            let prepared = previous?.byAddress[asset.fingerprintedPath]?.asset ?? PreparedAsset(asset)
            byAddress[asset.path] = byAddress[asset.path] ?? (prepared, false)
            byAddress[asset.fingerprintedPath] = (prepared, true)
        }
        guard let previous else { return }
        let gone = previous.byAddress.filter { $0.value.isFingerprinted && byAddress[$0.key] == nil }
        let known = previous.retired.filter { gone[$0] != nil }
        retired = (known + gone.keys.filter { !known.contains($0) }.sorted()).suffix(Self.mostRetired)
        for address in retired { byAddress[address] = gone[address] }
    }

    /// The answer at `path`, its percent-escapes decoded; `nil` where no asset is.
    func response(to request: Request, at path: String) -> Response? {
        guard let (asset, isFingerprinted) = byAddress[path] else { return nil }
        return asset.response(to: request, cacheControl: isFingerprinted ? "public, max-age=31536000, immutable" : "no-cache")
    }
}

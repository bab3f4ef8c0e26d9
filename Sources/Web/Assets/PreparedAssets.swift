import Hummingbird
public import Site

/// Assets by every address that leads to them, ready to be sent.
public struct PreparedAssets: Sendable {
    private var byAddress: [String: (asset: PreparedAsset, isFingerprinted: Bool)] = [:]

    /// - Parameter previous: an earlier edition's, whose bytes are taken over where they are the same.
    public init(_ catalogs: AssetCatalog..., reusing previous: PreparedAssets? = nil) {
        for asset in catalogs.flatMap(\.assets.values) {
            let prepared = previous?.byAddress[asset.fingerprintedPath]?.asset ?? PreparedAsset(asset)
            byAddress[asset.path] = byAddress[asset.path] ?? (prepared, false)
            byAddress[asset.fingerprintedPath] = (prepared, true)
        }
    }

    /// The answer at `path`, its percent-escapes decoded; `nil` where no asset is.
    func response(to request: Request, at path: String) -> Response? {
        guard let (asset, isFingerprinted) = byAddress[path] else { return nil }
        return asset.response(to: request, cacheControl: isFingerprinted ? "public, max-age=31536000, immutable" : "no-cache")
    }
}

import HTTPTypes
import Hummingbird
import NIOCore
public import Site

/// Assets by every address that leads to them, ready to be sent.
public struct PreparedAssets: Sendable {
    struct PreparedAsset: Sendable {
        let asset: Asset
        let body: ByteBuffer
    }

    private var byAddress: [String: (asset: PreparedAsset, isFingerprinted: Bool)] = [:]

    /// - Parameter previous: an earlier edition's, whose bytes are taken over where they are the same.
    public init(_ catalogs: AssetCatalog..., reusing previous: PreparedAssets? = nil) {
        for asset in catalogs.flatMap(\.assets.values) {
            let known = previous?.byAddress[asset.fingerprintedPath]?.asset
            let prepared = known ?? PreparedAsset(asset: asset, body: ByteBuffer(bytes: asset.bytes))
            byAddress[asset.path] = byAddress[asset.path] ?? (prepared, false)
            byAddress[asset.fingerprintedPath] = (prepared, true)
        }
    }

    /// The answer at `path`, its percent-escapes decoded; `nil` where no asset is.
    func response(at path: String) -> Response? {
        guard let (prepared, isFingerprinted) = byAddress[path] else { return nil }
        return Response(
            status: .ok,
            headers: [
                .contentType: prepared.asset.contentType,
                .cacheControl: isFingerprinted ? "public, max-age=31536000, immutable" : "public, max-age=3600",
            ],
            body: ResponseBody(byteBuffer: prepared.body))
    }
}

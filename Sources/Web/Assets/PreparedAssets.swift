import ContentCoding
import HTTPTypes
import Hummingbird
import NIOCore
public import Site

/// Assets by every address that leads to them, in every encoding, ready to be sent.
public struct PreparedAssets: Sendable {
    private struct PreparedAsset: Sendable {
        let asset: Asset
        let identity: ByteBuffer
        let encoded: [ContentCoding: ByteBuffer]

        init(_ asset: Asset) {
            self.asset = asset
            identity = ByteBuffer(bytes: asset.bytes)
            guard ContentCoding.isWorthwhile(asset.contentType) else {
                encoded = [:]
                return
            }
            encoded = ContentCoding.allCases.reduce(into: [:]) { encoded, coding in
                encoded[coding] = coding.encode(asset.bytes, effort: .thorough).map { ByteBuffer(bytes: $0) }
            }
        }
    }

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
    func response(at path: String, accepting codings: AcceptedCodings) -> Response? {
        guard let (prepared, isFingerprinted) = byAddress[path] else { return nil }
        var headers: HTTPFields = [
            .contentType: prepared.asset.contentType,
            .cacheControl: isFingerprinted ? "public, max-age=31536000, immutable" : "public, max-age=3600",
        ]
        if !prepared.encoded.isEmpty { headers[.vary] = "Accept-Encoding" }
        var body = prepared.identity
        if let coding = codings.best(of: { prepared.encoded[$0] != nil }), let encoded = prepared.encoded[coding] {
            headers[.contentEncoding] = coding.rawValue
            body = encoded
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

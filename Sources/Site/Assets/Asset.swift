/// A file that is served as it is.
public struct Asset: Sendable {
    /// The plain address: `/css/site.css`.
    public let path: String
    /// The address that changes with the bytes: `/css/site.1f0c9ab2e4d37a55.css`.
    public let fingerprintedPath: String
    /// Tells the versions of one file apart; letters and digits.
    public let fingerprint: String
    /// What a page says of the bytes, so that browsers take no others
    /// (Subresource Integrity): `sha384-…`. Empty for files that no page loads.
    public let integrity: String
    /// A media type with its parameters: `text/css; charset=utf-8`.
    public let contentType: String
    public let bytes: [UInt8]
    /// Width and height in CSS pixels, for images that say so.
    public let pixelSize: PixelSize?

    public init(path: String, fingerprint: String, integrity: String = "", contentType: String, bytes: [UInt8], pixelSize: PixelSize?) {
        self.path = path
        self.fingerprint = fingerprint
        self.integrity = integrity
        self.contentType = contentType
        self.bytes = bytes
        self.pixelSize = pixelSize
        let name = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        if let dot = path[name...].lastIndex(of: "."), dot > name {
            fingerprintedPath = "\(path[..<dot]).\(fingerprint)\(path[dot...])"
        } else {
            fingerprintedPath = "\(path).\(fingerprint)"
        }
    }
}

public struct PixelSize: Hashable, Sendable {
    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// All files of one folder by their plain address.
public struct AssetCatalog: Sendable {
    public private(set) var assets: [String: Asset]

    public init(_ assets: some Sequence<Asset> = []) {
        self.assets = Dictionary(assets.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(path: String) -> Asset? { assets[path] }
}

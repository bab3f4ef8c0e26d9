/// A way to make a body smaller on its way (RFC 9110, section 8.4.1).
public enum ContentCoding: String, CaseIterable, Sendable {
    case brotli = "br"
    case zstandard = "zstd"
    case gzip

    /// How hard to try.
    public enum Effort: Sendable {
        /// For a body that is sent once: about a millisecond for 100 kB.
        case quick
        /// For a body that is kept: up to fifty times slower, a tenth smaller.
        case thorough
    }

    /// The encoded form of `bytes`; `nil` where it would not be smaller.
    ///
    /// Equal bytes give equal output on every machine with the same libraries.
    public func encode(_ bytes: some Collection<UInt8>, effort: Effort) -> [UInt8]? {
        let input = Array(bytes)
        guard input.count >= Self.smallest else { return nil }
        let output =
            switch self {
            case .brotli: BrotliEncoder.encode(input, quality: effort == .quick ? 4 : 11)
            case .zstandard: ZstandardEncoder.encode(input, level: effort == .quick ? 3 : 19)
            case .gzip: GzipEncoder.encode(input, level: effort == .quick ? 5 : 9)
            }
        guard let output, output.count < input.count else { return nil }
        return output
    }

    /// A shorter body fits the packet that its head needs anyway.
    private static let smallest = 256

    /// Whether bodies of this media type become smaller; pictures and fonts are packed already.
    public static func isWorthwhile(_ mediaType: String) -> Bool {
        if mediaType == "application/json" || mediaType.hasPrefix("application/json;") { return true }
        let type = mediaType.prefix { $0 != ";" }.lowercased()
        if type.hasPrefix("text/") || type.hasSuffix("+xml") || type.hasSuffix("+json") { return true }
        return ["application/json", "application/xml", "application/javascript", "application/wasm", "image/x-icon", "font/ttf"].contains(type)
    }
}

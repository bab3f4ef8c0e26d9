import Site

/// Reads an image's size from its first bytes: PNG, GIF, JPEG, WebP and SVG.
enum ImageHeader {
    /// `nil` for other formats, and for SVGs without a size of their own.
    static func pixelSize(of bytes: [UInt8]) -> PixelSize? {
        png(bytes) ?? gif(bytes) ?? webp(bytes) ?? jpeg(bytes) ?? svg(bytes)
    }

    private static func begins(_ bytes: [UInt8], _ text: String, at offset: Int = 0) -> Bool {
        bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
    }

    private static func big(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func png(_ bytes: [UInt8]) -> PixelSize? {
        guard bytes.count >= 24, bytes[0] == 0x89, begins(bytes, "PNG", at: 1) else { return nil }
        return PixelSize(width: big(bytes, 16, 4), height: big(bytes, 20, 4))
    }

    private static func gif(_ bytes: [UInt8]) -> PixelSize? {
        guard bytes.count >= 10, begins(bytes, "GIF8") else { return nil }
        return PixelSize(width: little(bytes, 6, 2), height: little(bytes, 8, 2))
    }

    private static func webp(_ bytes: [UInt8]) -> PixelSize? {
        guard bytes.count >= 30, begins(bytes, "RIFF"), begins(bytes, "WEBP", at: 8) else { return nil }
        if begins(bytes, "VP8X", at: 12) { return PixelSize(width: little(bytes, 24, 3) + 1, height: little(bytes, 27, 3) + 1) }
        if begins(bytes, "VP8 ", at: 12) {
            return PixelSize(width: little(bytes, 26, 2) & 0x3FFF, height: little(bytes, 28, 2) & 0x3FFF)
        }
        guard begins(bytes, "VP8L", at: 12) else { return nil }
        let bits = little(bytes, 21, 4)
        return PixelSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    }

    /// The first frame header among the segments.
    private static func jpeg(_ bytes: [UInt8]) -> PixelSize? {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var offset = 2
        while offset + 9 < bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            if marker == 0xFF {
                offset += 1
                continue
            }
            let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
            if isFrame { return PixelSize(width: big(bytes, offset + 7, 2), height: big(bytes, offset + 5, 2)) }
            offset += 2 + big(bytes, offset + 2, 2)
        }
        return nil
    }

    private static func svg(_ bytes: [UInt8]) -> PixelSize? {
        let head = String(decoding: bytes.prefix(4_096), as: UTF8.self)
        guard let open = head.firstRange(of: "<svg"), let close = head[open.upperBound...].firstIndex(of: ">") else { return nil }
        let tag = head[open.upperBound..<close]
        func attribute(_ name: String) -> Substring? {
            guard let start = tag.firstRange(of: " \(name)=\"")?.upperBound, let end = tag[start...].firstIndex(of: "\"") else { return nil }
            return tag[start..<end]
        }
        func pixels(_ text: Substring?) -> Int? {
            guard let text else { return nil }
            return Double(text.hasSuffix("px") ? text.dropLast(2) : text).map { Int($0.rounded()) }
        }
        if let width = pixels(attribute("width")), let height = pixels(attribute("height")) { return PixelSize(width: width, height: height) }
        let box = attribute("viewBox")?.split { $0 == " " || $0 == "," }.compactMap { Double($0) } ?? []
        return box.count == 4 ? PixelSize(width: Int(box[2].rounded()), height: Int(box[3].rounded())) : nil
    }
}

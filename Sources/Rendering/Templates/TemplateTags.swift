import Site

/// The tags of a template that are checked, or answered, before Mustache sees it.
struct TemplateTags {
    struct Tag {
        let name: String
        let line: Int
        let column: Int
    }

    /// Templates that this one includes or inherits from.
    private(set) var partials: [Tag] = []
    /// Values that go out as they are.
    private(set) var unescaped: [Tag] = []
    /// `{{#asset}}/css/site.css{{/asset}}` and `{{#integrity}}/css/site.css{{/integrity}}`
    private(set) var assets: [Tag] = []
    /// The text with every asset's address or digest in its place.
    private(set) var text = ""

    init(of source: String, assets catalog: AssetCatalog) {
        // What is looked for is ASCII, so every cut is between two characters; a start reads sixty templates.
        let bytes = Array(source.utf8)
        var place = Place()
        var rest = 0
        while let open = bytes.offset(of: "{{", from: rest) {
            text += String(bytes[rest..<open])
            let isTriple = open + 2 < bytes.count && bytes[open + 2] == UInt8(ascii: "{")
            let closing = isTriple ? "}}}" : "}}"
            rest = open
            guard let inner = bytes.offset(of: closing, from: open + 2) else { break }
            let close = inner + closing.utf8.count
            let inside = bytes[(open + 2)..<inner].drop { $0 == UInt8(ascii: "{") }
            let sign = isTriple ? UInt8(ascii: "{") : inside.first ?? UInt8(ascii: " ")
            func tag(_ name: String) -> Tag {
                place.move(to: open, in: bytes)
                return Tag(name: name, line: place.line, column: place.column(of: open, in: bytes))
            }
            switch sign {
            case UInt8(ascii: ">"), UInt8(ascii: "<"): partials.append(tag(inside.dropFirst().withoutBlanks))
            case UInt8(ascii: "{"): unescaped.append(tag(inside.withoutBlanks))
            case UInt8(ascii: "&"): unescaped.append(tag(inside.dropFirst().withoutBlanks))
            case UInt8(ascii: "#"):
                let name = inside.dropFirst().withoutBlanks
                guard name == "asset" || name == "integrity", let end = bytes.offset(of: "{{/\(name)}}", from: close) else { break }
                let path = bytes[close..<end].withoutBlanks
                assets.append(tag(path))
                if let asset = catalog[path] {
                    text += name == "asset" ? PercentEncoding.encodePath(asset.fingerprintedPath) : asset.integrity
                }
                rest = end + name.utf8.count + 5
                continue
            default: break
            }
            text += String(bytes[open..<close])
            rest = close
        }
        text += String(bytes[rest...])
    }

    /// Where in the text one has come to; asked only of tags that may be wrong.
    private struct Place {
        private(set) var line = 1
        private var lineStart = 0
        private var offset = 0

        mutating func move(to end: Int, in bytes: [UInt8]) {
            while offset < end {
                if bytes[offset] == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, offset + 1) }
                offset += 1
            }
        }

        /// In characters, from 1.
        func column(of offset: Int, in bytes: [UInt8]) -> Int { String(bytes[lineStart..<offset]).count + 1 }
    }
}

extension [UInt8] {
    fileprivate func offset(of needle: String, from start: Int) -> Int? {
        let needle = Array(needle.utf8)
        var offset = start
        while offset + needle.count <= count {
            if self[offset] == needle[0], self[offset..<(offset + needle.count)].elementsEqual(needle) { return offset }
            offset += 1
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate var withoutBlanks: String { String(self).filter { !$0.isWhitespace } }
}

extension String {
    fileprivate init(_ bytes: ArraySlice<UInt8>) { self.init(decoding: bytes, as: UTF8.self) }
}

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
        var line = 1
        var lineStart = source.startIndex
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            text += rest[..<open.lowerBound]
            for index in rest[..<open.lowerBound].indices where rest[index].isNewline {
                line += 1
                lineStart = rest.index(after: index)
            }
            let column = source.distance(from: lineStart, to: open.lowerBound) + 1
            let isTriple = rest[open.upperBound...].first == "{"
            guard let close = rest[open.upperBound...].firstRange(of: isTriple ? "}}}" : "}}") else { break }
            let inside = rest[open.upperBound..<close.lowerBound].drop { $0 == "{" }
            let sign = isTriple ? "{" : inside.first ?? " "
            let name = String((isTriple ? inside : inside.dropFirst()).filter { !$0.isWhitespace })
            let tag = Tag(name: name, line: line, column: column)
            switch sign {
            case ">", "<": partials.append(tag)
            case "{", "&": unescaped.append(tag)
            default: break
            }
            if sign == "#", name == "asset" || name == "integrity", let end = rest[close.upperBound...].firstRange(of: "{{/\(name)}}") {
                let path = rest[close.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
                assets.append(Tag(name: String(path), line: line, column: column))
                if let asset = catalog[String(path)] {
                    text += name == "asset" ? PercentEncoding.encodePath(asset.fingerprintedPath) : asset.integrity
                }
                rest = rest[end.upperBound...]
                continue
            }
            for character in rest[open.lowerBound..<close.upperBound] where character.isNewline { line += 1 }
            text += rest[open.lowerBound..<close.upperBound]
            rest = rest[close.upperBound...]
        }
        text += rest
    }
}

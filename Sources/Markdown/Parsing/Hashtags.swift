/// A paragraph that holds nothing but `#tag #tag`: to CommonMark it is text,
/// to authors it is a line of tags.
enum Hashtags {
    /// The tags without `#`; `nil` for any other paragraph.
    static func tags(ofParagraph index: Int, in tree: MarkdownTree) -> [String]? {
        guard let first = tree.children(of: index).first(where: { _ in true }) else { return nil }
        if let literal = tree.nodes[first].kind.literal, literal.isEmpty || tree.text[literal.range.lowerBound] != UInt8(ascii: "#") { return nil }
        var text = ""
        for child in tree.children(of: index) {
            switch tree.nodes[child].kind {
            case .text(let literal), .wikitext(let literal, _): text += tree.string(literal)
            case .softBreak: text += " "
            default: return nil
            }
        }
        guard text.first == "#" else { return nil }
        var tags: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let name = word.dropFirst()
            guard word.first == "#", name.contains(where: \.isLetter),
                name.allSatisfy({ $0.isLetter || $0.isNumber || "-_/".contains($0) })
            else { return nil }
            tags.append(String(name))
        }
        return tags
    }
}

/// GitHub's alert: a quote whose first line is `[!NOTE]` and nothing else.
struct Alert {
    enum Kind: String, CaseIterable {
        case note, tip, important, warning, caution

        var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    let kind: Kind
    /// The paragraph that begins with the marker.
    let paragraph: Int
    /// The nodes of that paragraph which make the marker, its line break included.
    let marker: Set<Int>
    /// Nothing follows the marker in its paragraph.
    let isAlone: Bool

    init?(ofQuote index: Int, in tree: MarkdownTree) {
        guard let first = tree.children(of: index).first(where: { _ in true }), case .paragraph = tree.nodes[first].kind else { return nil }
        let inlines = Array(tree.children(of: first))
        guard let head = inlines.first, case .text(let literal) = tree.nodes[head].kind else { return nil }
        let name = literal.trimmed.lowercased()
        guard name.hasPrefix("[!"), name.hasSuffix("]"), let kind = Kind(rawValue: String(name.dropFirst(2).dropLast())) else { return nil }
        var marker: Set = [head]
        if inlines.count > 1 {
            switch tree.nodes[inlines[1]].kind {
            case .softBreak, .lineBreak: marker.insert(inlines[1])
            default: return nil
            }
        }
        self.kind = kind
        paragraph = first
        self.marker = marker
        isAlone = inlines.count == 1
    }
}

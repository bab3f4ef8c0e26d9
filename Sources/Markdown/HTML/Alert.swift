/// A quote whose first line is `[!NOTE]`, as GitHub writes alerts, or
/// `[!info]- Title`, as Obsidian writes callouts.
struct Alert {
    enum Kind: String, CaseIterable {
        case note, tip, important, warning, caution

        var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

        /// The kind by its own name or by one of Obsidian's.
        init?(name: String) {
            if let kind = Kind(rawValue: name) {
                self = kind
                return
            }
            switch name {
            case "info", "abstract", "summary", "tldr", "todo", "example", "quote", "cite", "question", "help", "faq": self = .note
            case "hint", "success", "check", "done": self = .tip
            case "attention": self = .warning
            case "failure", "fail", "missing", "danger", "error", "bug": self = .caution
            default: return nil
            }
        }
    }

    let kind: Kind
    /// The author's own, or the kind's.
    let title: String
    /// The paragraph that begins with the marker.
    let paragraph: Int
    /// The nodes of that paragraph which make the marker's line.
    let marker: Set<Int>
    /// Nothing follows the marker's line in its paragraph.
    let isAlone: Bool

    init?(ofQuote index: Int, in tree: MarkdownTree) {
        guard let first = tree.children(of: index).first(where: { _ in true }), case .paragraph = tree.nodes[first].kind else { return nil }
        let inlines = Array(tree.children(of: first))
        guard let head = inlines.first, let literal = tree.nodes[head].kind.literal.map({ tree.string($0) }), literal.hasPrefix("[!"),
            let close = literal.firstIndex(of: "]"), let kind = Kind(name: literal[..<close].dropFirst(2).lowercased())
        else { return nil }
        let end =
            inlines.firstIndex { index in
                switch tree.nodes[index].kind {
                case .softBreak, .lineBreak: true
                default: false
                }
            } ?? inlines.endIndex
        var words = literal[literal.index(after: close)...]
        if words.hasPrefix("-") || words.hasPrefix("+") { words = words.dropFirst() }
        let rest = inlines[1..<end].map { tree.plainText(of: $0) }.joined()
        let own = (words + rest).trimmed
        self.kind = kind
        title = own.isEmpty ? kind.title : own
        paragraph = first
        marker = Set(inlines[..<min(end + 1, inlines.endIndex)])
        isAlone = end >= inlines.endIndex - 1
    }
}

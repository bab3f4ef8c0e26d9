public import Site

/// A parsed note, without its front matter: what it says of itself, and its HTML.
public struct MarkdownDocument: Sendable {
    let tree: MarkdownTree
    /// Anchors and plain text of headings, by their nodes.
    let headings: [Int: (id: String, title: String)]
    /// The node of the note's own title: its first heading, if that is an H1.
    let titleNode: Int?
    private let text: Substring

    /// Parses GitHub Flavored Markdown.
    ///
    /// - Throws: ``MarkdownLimits/Excess`` before anything is parsed, where the
    ///   text would cost more than any honest note does.
    public init(parsing text: String, limits: MarkdownLimits = MarkdownLimits()) throws(MarkdownLimits.Excess) {
        var memory = MarkdownTree(nodes: [])
        try self.init(parsing: text[...], limits: limits, reusing: &memory)
    }

    /// - Parameter memory: of a document that nobody needs any more; it is taken.
    init(parsing text: Substring, limits: MarkdownLimits, reusing memory: inout MarkdownTree) throws(MarkdownLimits.Excess) {
        try limits.check(text)
        self.text = text
        let tree = CMarkParser.parse(text, reusing: &memory)
        try limits.check(tree)
        self.tree = tree
        var slugger = HeadingSlugger()
        var headings: [Int: (id: String, title: String)] = [:]
        let indexes = tree.nodes.indices.filter { if case .heading = tree.nodes[$0].kind { true } else { false } }
        headings.reserveCapacity(indexes.count)
        // Nodes are stored level by level; anchors are counted in reading order.
        for index in indexes.sorted(by: { tree.nodes[$0].line < tree.nodes[$1].line }) {
            let title = tree.plainText(of: index)
            headings[index] = (slugger.slug(for: title), title)
        }
        self.headings = headings
        let heading = tree.children(of: 0).first { if case .heading = tree.nodes[$0].kind { true } else { false } }
        if let heading, case .heading(level: 1) = tree.nodes[heading].kind { titleNode = heading } else { titleNode = nil }
    }

    /// What the note says of itself; one walk over the tree.
    public func facts() -> NoteFacts { NoteFacts(of: self, text: text) }

    /// The note as HTML, its links led where `links` says.
    ///
    /// Raw HTML is left out and only known schemes become links, so the result
    /// is safe whatever the text holds.
    public func body(links: some LinkResolver) -> PageBody {
        var renderer = HTMLRenderer(document: self, links: links)
        return renderer.render()
    }
}

/// Knows where the links of one note lead.
public protocol LinkResolver {
    func resolve(_ target: LinkTarget) -> ResolvedLink
    func resolveImage(_ destination: String) -> ResolvedImage
}

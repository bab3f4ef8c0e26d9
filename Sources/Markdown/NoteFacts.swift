public import Site

/// What a note says of itself, found without knowing any other note.
public struct NoteFacts: Sendable {
    /// Text of the first heading, if that is an H1.
    public var title: String?
    public var titleID: String?
    /// All headings but the title's.
    public var headings: [Heading] = []
    public var links: [LinkOccurrence] = []
    /// From lines that hold nothing but `#tag #tag`.
    public var hashtags: [String] = []
    /// The beginning of the first paragraph, at most 200 characters.
    public var excerpt = ""
    public var wordCount = 0
    /// Lines with raw HTML, which is left out.
    public var rawHTMLLines: [Int] = []

    /// A link where it stands. Line and column count from 1 in the text that was parsed.
    public struct LinkOccurrence: Sendable, Hashable {
        public let target: LinkTarget
        public let isImage: Bool
        public let line: Int
        public let column: Int

        public init(target: LinkTarget, isImage: Bool, line: Int, column: Int) {
            self.target = target
            self.isImage = isImage
            self.line = line
            self.column = column
        }
    }

    /// Of a note that says nothing.
    public init() {}

    init(of document: MarkdownDocument, text: Substring) {
        let tree = document.tree
        var locator = SourceLocator(text: text)
        if let index = document.titleNode {
            title = document.headings[index]?.title
            titleID = document.headings[index]?.id
        }
        visit(0, tree: tree, document: document, block: (1, 1), locator: &locator)
    }

    private mutating func visit(_ index: Int, tree: MarkdownTree, document: MarkdownDocument, block: (Int, Int), locator: inout SourceLocator) {
        let node = tree.nodes[index]
        var block = block
        if node.kind.isBlock, node.line > 0 { block = (Int(node.line), max(Int(node.endLine), Int(node.line))) }
        switch node.kind {
        case .heading(let level):
            wordCount += tree.wordCount(of: index)
            if index != document.titleNode, let (id, title) = document.headings[index] {
                headings.append(Heading(level: level, id: id, title: title))
            }
        case .paragraph:
            if let tags = Hashtags.tags(ofParagraph: index, in: tree) {
                hashtags += tags
                return
            }
            wordCount += tree.wordCount(of: index)
            if excerpt.isEmpty {
                let plain = tree.plainText(of: index)
                if !plain.hasPrefix("[!") { excerpt = Self.excerpt(of: plain) }
            }
        case .tableCell: wordCount += tree.wordCount(of: index)
        case .wikitext(_, let number):
            for case .link(let link) in tree.wikitexts[number] {
                let place = locator.find(link.source, from: block.0, through: block.1)
                links.append(
                    LinkOccurrence(target: .wiki(parts: link.parts), isImage: link.isEmbed, line: place.line, column: place.column))
            }
        case .link(let destination, _), .image(let destination, _):
            let isImage = if case .image = node.kind { true } else { false }
            let destination = tree.string(destination)
            let place = locator.find("](\(destination)", orElse: destination, from: block.0, through: block.1)
            links.append(
                LinkOccurrence(target: .destination(destination), isImage: isImage, line: place.line, column: place.column))
            // A wikilink cannot stand inside a link.
            return
        case .html(_, let literal):
            if !RawHTML.isHarmless(tree.string(literal)) { rawHTMLLines.append(node.kind.isBlock ? Int(node.line) : block.0) }
        default: break
        }
        var child = node.firstChild
        while child >= 0 {
            visit(Int(child), tree: tree, document: document, block: block, locator: &locator)
            child = tree.nodes[Int(child)].nextSibling
        }
    }

    private static func excerpt(of plain: String) -> String {
        let text = plain.trimmed
        guard text.count > 200 else { return text }
        let cut = text.prefix(199)
        let end = cut.lastIndex(of: " ") ?? cut.endIndex
        return cut[..<end] + "…"
    }
}

extension MarkdownNode.Kind {
    var isBlock: Bool {
        switch self {
        case .document, .paragraph, .heading, .blockQuote, .list, .item, .codeBlock, .thematicBreak, .table, .tableRow, .tableCell,
            .footnoteDefinition:
            true
        case .html(let isBlock, _): isBlock
        default: false
        }
    }
}

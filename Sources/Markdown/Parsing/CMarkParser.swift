import CCMark
import CMarkParts
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Parses GitHub Flavored Markdown with cmark-gfm; the one place that calls it.
///
/// The C tree is taken over before its memory is given back, so no pointer leaves
/// this file. May be called on any thread.
enum CMarkParser {
    /// - Parameter memory: of a tree that nobody needs any more; it is taken.
    static func parse(_ text: Substring, reusing memory: inout MarkdownTree) -> MarkdownTree {
        _ = registration
        var text = text
        return text.withUTF8 { bytes in ParserHeap.using { unsafe tree(of: bytes, &memory) } }
    }

    private static func tree(of bytes: UnsafeBufferPointer<UInt8>, _ memory: inout MarkdownTree) -> MarkdownTree {
        // A string of Swift's is UTF-8 already.
        let marks = unsafe Marks(of: bytes)
        let parser = unsafe cmark_parser_new_with_mem(marks.footnote ? CMARK_OPT_FOOTNOTES : CMARK_OPT_DEFAULT, ParserHeap.functions)
        if marks.bar { unsafe attach("table", to: parser) }
        if marks.tilde { unsafe attach(tildeExtension, to: parser) }
        if marks.address { unsafe attach(addressExtension, to: parser) }
        if marks.box { unsafe attach("tasklist", to: parser) }
        unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        // The lock takes these for something that two threads share.
        nonisolated(unsafe) let finished = unsafe parser
        nonisolated(unsafe) var root: CNode?
        if marks.tilde {
            oneWithTildes.withLock { _ in unsafe root = unsafe cmark_parser_finish(finished) }
        } else {
            unsafe root = unsafe cmark_parser_finish(finished)
        }
        guard let root = unsafe root else {
            return MarkdownTree(nodes: [MarkdownNode(kind: .document, line: 1, endLine: 1)])
        }
        return unsafe tree(of: root, size: bytes.count, &memory)
    }

    // MARK: Extensions

    private static let tildeExtension = "strikethrough"
    private static let addressExtension = "autolink"

    /// What an extension can begin with. Texts that have none of it are parsed without: each costs a walk over the
    /// whole tree, or a look at every line.
    private struct Marks {
        var bar = false
        var tilde = false
        var address = false
        var box = false
        var footnote: Bool { holdsFootnote && !holdsHiddenCaret }
        private var holdsFootnote = false
        /// A bracket whose `^` may be written as an entity or escaped. This version takes that for a footnote too, and reads
        /// as many bytes of its label as the text has, which are more than the label has: past its end.
        private var holdsHiddenCaret = false

        init(of buffer: UnsafeBufferPointer<UInt8>) {
            let bytes = unsafe Span(_unsafeElements: buffer)
            func byte(_ offset: Int) -> UInt8 { offset >= 0 && offset < bytes.count ? bytes[offset] : 0 }
            var offset = 0
            while offset < bytes.count {
                offset = bytes.firstOffset(of: UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "@"), UInt8(ascii: "&"), from: offset)
                switch byte(offset) {
                case UInt8(ascii: ":"):
                    if byte(offset + 1) == UInt8(ascii: "/"), byte(offset + 2) == UInt8(ascii: "/") { address = true }
                    // A table of one column needs no bar, but a colon then.
                    if byte(offset + 1) == UInt8(ascii: "-") || byte(offset - 1) == UInt8(ascii: "-") { bar = true }
                case UInt8(ascii: "["):
                    switch (byte(offset + 1), byte(offset + 2)) {
                    case (UInt8(ascii: "^"), _): holdsFootnote = true
                    case (UInt8(ascii: "&"), _), (UInt8(ascii: "\\"), UInt8(ascii: "^")): holdsHiddenCaret = true
                    default: break
                    }
                    if byte(offset + 2) == UInt8(ascii: "]") { box = true }
                // An address of mail, also where its `@` is written as an entity.
                case UInt8(ascii: "@"), UInt8(ascii: "&"): address = true
                default: break
                }
                offset += 1
            }
            tilde = bytes.firstOffset(of: UInt8(ascii: "~"), from: 0) < bytes.count
            // Vertical tabs and form feeds are blanks to it where nothing else takes them for such.
            bar = bar || bytes.firstOffset(of: UInt8(ascii: "|"), 0x0B, 0x0C, 0x0C, from: 0) < bytes.count
            address = address || bytes.contains("www.")
        }
    }

    /// The characters at which extensions may begin are in one table of the whole program: a parser adds those of its
    /// extensions when it begins with the inlines, and takes them out when it ends, also from under another. So a tilde
    /// is in it for one parser at a time, and the others neither have one nor ask; of addresses, see below.
    private static let oneWithTildes = Mutex(())

    /// Addresses are in most texts: their characters are put into the table for good, and taken from the extension,
    /// which does without, so that nobody takes them out.
    private static let registration: Void = {
        cmark_gfm_core_extensions_ensure_registered()
        let parser = unsafe cmark_parser_new(CMARK_OPT_DEFAULT)
        unsafe attach(addressExtension, to: parser)
        unsafe cmark_manage_extensions_special_characters(parser, 1)
        unsafe cmark_parser_free(parser)
        if let found = unsafe cmark_find_syntax_extension(addressExtension) { unsafe cmark_syntax_extension_set_special_inline_chars(found, nil) }
    }()

    private static func attach(_ name: String, to parser: OpaquePointer?) {
        if let found = unsafe cmark_find_syntax_extension(name) { unsafe cmark_parser_attach_syntax_extension(parser, found) }
    }

    private typealias CNode = OpaquePointer

    /// Walks with an explicit stack: nesting is the author's, the thread's stack is ours.
    private static func tree(of root: CNode, size: Int, _ memory: inout MarkdownTree) -> MarkdownTree {
        var tree = MarkdownTree(nodes: [])
        swap(&tree, &memory)
        tree.empty()
        // What a text says is hardly more than the text.
        tree.text.reserveCapacity(size)
        var nodes: [MarkdownNode] = []
        swap(&nodes, &tree.nodes)
        nodes.reserveCapacity(256 + size / 24)
        unsafe nodes.append(node(root, .document))
        var pending: [(parent: Int, first: CNode, depth: Int)] = unsafe []
        if let first = unsafe cmark_node_first_child(root) { unsafe pending.append((0, first, 1)) }
        while let (parent, first, level) = unsafe pending.popLast() {
            tree.depth = max(tree.depth, level)
            var isFirst = true
            var next: CNode? = unsafe first
            while let current = unsafe next {
                let index = nodes.count
                if isFirst { nodes[parent].firstChild = Int32(index) }
                isFirst = false
                unsafe next = cmark_node_next(current)
                var kind: MarkdownNode.Kind
                if unsafe cmark_node_get_type(current) == CMARK_NODE_TEXT {
                    // Every second node is one.
                    var literal = unsafe tree.append(node_literal(current))
                    // Texts side by side are one: cmark cuts them where markup might have begun.
                    while let following = unsafe next, unsafe cmark_node_get_type(following) == CMARK_NODE_TEXT {
                        literal.end = unsafe tree.append(node_literal(following)).end
                        unsafe next = cmark_node_next(following)
                    }
                    kind = .text(literal)
                    if Wikilink.mayStand(in: tree.text.span.extracting(literal.range)) {
                        kind = .wikitext(literal, number: tree.wikitexts.count)
                        tree.wikitexts.append(Wikilink.parts(of: tree.text[literal.range]))
                    }
                } else {
                    kind = unsafe Self.kind(of: current, &tree)
                    if let child = unsafe cmark_node_first_child(current) { unsafe pending.append((index, child, level + 1)) }
                }
                var node = unsafe node(current, kind)
                if unsafe next != nil { node.nextSibling = Int32(index + 1) }
                nodes.append(node)
            }
        }
        tree.nodes = nodes
        return tree
    }

    private static func node(_ node: CNode, _ kind: MarkdownNode.Kind) -> MarkdownNode {
        unsafe MarkdownNode(kind: kind, line: cmark_node_get_start_line(node), endLine: cmark_node_get_end_line(node))
    }

    /// Of anything but a text.
    private static func kind(of node: CNode, _ tree: inout MarkdownTree) -> MarkdownNode.Kind {
        switch unsafe cmark_node_get_type(node) {
        // Those first that there are most of.
        case CMARK_NODE_SOFTBREAK: return .softBreak
        case CMARK_NODE_CODE: return unsafe .code(tree.append(node_literal(node)))
        case CMARK_NODE_PARAGRAPH: return .paragraph
        case CMARK_NODE_ITEM: return unsafe .item(checked: checkedState(of: node))
        case CMARK_NODE_HEADING: return unsafe .heading(level: Int(cmark_node_get_heading_level(node)))
        case CMARK_NODE_BLOCK_QUOTE: return .blockQuote
        case CMARK_NODE_LIST:
            return unsafe .list(
                ordered: cmark_node_get_list_type(node) == CMARK_ORDERED_LIST,
                start: Int(cmark_node_get_list_start(node)),
                tight: cmark_node_get_list_tight(node) != 0)
        case CMARK_NODE_CODE_BLOCK:
            return unsafe .codeBlock(info: tree.append(cmark_node_get_fence_info(node)), literal: tree.append(cmark_node_get_literal(node)))
        case CMARK_NODE_THEMATIC_BREAK: return .thematicBreak
        case CMARK_NODE_HTML_BLOCK: return unsafe .html(isBlock: true, literal: tree.append(cmark_node_get_literal(node)))
        case CMARK_NODE_HTML_INLINE: return unsafe .html(isBlock: false, literal: tree.append(cmark_node_get_literal(node)))
        case CMARK_NODE_LINEBREAK: return .lineBreak
        case CMARK_NODE_EMPH: return .emphasis
        case CMARK_NODE_STRONG: return .strong
        case CMARK_NODE_LINK:
            return unsafe .link(destination: tree.append(cmark_node_get_url(node)), title: tree.append(cmark_node_get_title(node)))
        case CMARK_NODE_IMAGE:
            return unsafe .image(destination: tree.append(cmark_node_get_url(node)), title: tree.append(cmark_node_get_title(node)))
        case CMARK_NODE_FOOTNOTE_REFERENCE: return unsafe .footnoteReference(label: tree.append(cmark_node_get_literal(node)))
        case CMARK_NODE_FOOTNOTE_DEFINITION: return .footnoteDefinition
        default: return unsafe extensionKind(of: node, &tree)
        }
    }

    /// Extensions get their type numbers when they are registered, so they are
    /// known by name.
    private static func extensionKind(of node: CNode, _ tree: inout MarkdownTree) -> MarkdownNode.Kind {
        if unsafe hasType("table_cell", node) { return .tableCell }
        if unsafe hasType("table_row", node) { return .tableRow(isHeader: false) }
        if unsafe hasType("table_header", node) { return .tableRow(isHeader: true) }
        if unsafe hasType("table", node) {
            tree.tables.append(unsafe alignments(of: node))
            return .table(number: tree.tables.count - 1)
        }
        if unsafe hasType("strikethrough", node) { return .strikethrough }
        return unsafe hasType("tasklist", node) ? .item(checked: cmark_gfm_extensions_get_tasklist_item_checked(node)) : .other
    }

    private static func alignments(of table: CNode) -> [MarkdownNode.Alignment] {
        let count = unsafe Int(cmark_gfm_extensions_get_table_columns(table))
        guard count > 0, let raw = unsafe cmark_gfm_extensions_get_table_alignments(table) else { return [] }
        return (0..<count).map { column in
            switch unsafe raw[column] {
            case UInt8(ascii: "l"): .left
            case UInt8(ascii: "c"): .center
            case UInt8(ascii: "r"): .right
            default: .none
            }
        }
    }

    private static func checkedState(of item: CNode) -> Bool? {
        unsafe hasType("tasklist", item) ? unsafe cmark_gfm_extensions_get_tasklist_item_checked(item) : nil
    }

    private static func hasType(_ name: StaticString, _ node: CNode) -> Bool {
        guard let type = unsafe cmark_node_get_type_string(node) else { return false }
        for offset in 0...name.utf8CodeUnitCount where unsafe UInt8(bitPattern: type[offset]) != name.utf8Start[offset] { return false }
        return true
    }
}

extension MarkdownTree {
    /// Takes over what a node of C's says.
    fileprivate mutating func append(_ words: UnsafePointer<CChar>?) -> MarkdownNode.Literal {
        unsafe append(CMarkParts.node_literal(start: words, length: words.map { Int32(unsafe strlen($0)) } ?? 0))
    }

    fileprivate mutating func append(_ words: CMarkParts.node_literal) -> MarkdownNode.Literal {
        let start = Int32(text.count)
        unsafe text.append(contentsOf: UnsafeRawBufferPointer(start: words.start, count: Int(words.length)))
        return MarkdownNode.Literal(start: start, end: Int32(text.count))
    }
}

/// A parsed document as a flat array of nodes; the first is the document.
///
/// Flat, because a tree of enums costs an allocation a node, and a site of
/// 15,000 notes has ten million of them.
struct MarkdownTree: Sendable {
    var nodes: [MarkdownNode]
    /// Levels below the document.
    var depth: Int

    /// Indexes of the children of a node, in order.
    func children(of index: Int) -> Children { Children(nodes: nodes, following: nodes[index].firstChild) }

    struct Children: Sequence, IteratorProtocol {
        let nodes: [MarkdownNode]
        var following: Int32

        mutating func next() -> Int? {
            guard following >= 0 else { return nil }
            defer { following = nodes[Int(following)].nextSibling }
            return Int(following)
        }
    }

    /// The text below a node without any markup, as a reader hears it.
    func plainText(of index: Int) -> String {
        var text = ""
        eachText(below: index) { text += $0 }
        return text
    }

    /// Words of ``plainText(of:)``, without making that text.
    func wordCount(of index: Int) -> Int {
        var counter = WordCounter()
        eachText(below: index) { counter.add($0) }
        return counter.words
    }

    private func eachText(below index: Int, _ body: (String) -> Void) {
        switch nodes[index].kind {
        case .text(let literal): body(literal)
        case .wikitext(_, let parts):
            for part in parts {
                switch part {
                case .text(let plain): body(plain)
                case .link(let link): body(link.shownText)
                }
            }
        case .code(let literal): body(literal)
        case .softBreak, .lineBreak: body(" ")
        case .footnoteReference, .html: break
        default:
            var child = nodes[index].firstChild
            while child >= 0 {
                eachText(below: Int(child), body)
                child = nodes[Int(child)].nextSibling
            }
        }
    }
}

/// Counts words, runs of anything but blanks, of a text that comes in parts.
private struct WordCounter {
    private(set) var words = 0
    private var isInside: UInt8 = 0

    mutating func add(_ text: String) {
        let bytes = text.utf8.span
        var (count, before) = (0, isInside)
        for index in bytes.indices {
            let byte = bytes[index]
            // Without a branch: whether a letter or a blank comes next cannot be foreseen.
            let letter: UInt8 = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") ? 0 : 1
            count &+= Int(letter & (before ^ 1))
            before = letter
        }
        words += count
        isInside = before
    }
}

struct MarkdownNode: Sendable {
    var kind: Kind
    /// Counts from 1, in the text that was parsed.
    var line: Int32
    var endLine: Int32
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1

    enum Kind: Sendable {
        case document
        case paragraph
        case heading(level: Int)
        case blockQuote
        case list(ordered: Bool, start: Int, tight: Bool)
        case item(checked: Bool?)
        case codeBlock(info: String, literal: String)
        case thematicBreak
        case table(alignments: [Alignment])
        case tableRow(isHeader: Bool)
        case tableCell
        case footnoteDefinition
        /// Raw HTML, block or inline; it is never passed through.
        case html(isBlock: Bool, literal: String)
        case text(String)
        /// Text with wikilinks in it, or with what looks like one; they are looked for once.
        case wikitext(String, parts: [Wikilink.Part])
        case code(String)
        case softBreak
        case lineBreak
        case emphasis
        case strong
        case strikethrough
        case link(destination: String, title: String)
        case image(destination: String, title: String)
        case footnoteReference(label: String)
        /// A node that this program does not know; its children still count.
        case other

        /// What stands in the note, of any text.
        var literal: String? {
            switch self {
            case .text(let literal), .wikitext(let literal, _): literal
            default: nil
            }
        }
    }

    enum Alignment: Sendable { case none, left, center, right }
}

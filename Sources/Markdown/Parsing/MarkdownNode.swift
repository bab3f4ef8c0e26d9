/// A parsed document as a flat array of nodes; the first is the document.
///
/// Flat, and all that its nodes say in one piece: a tree of enums costs an allocation a node and a string another, and
/// a site of 15,000 notes has ten million of them.
struct MarkdownTree: Sendable {
    var nodes: [MarkdownNode]
    /// What the nodes say, in UTF-8, one after the other.
    var text: [UInt8] = []
    /// Of texts with wikilinks in them, or with what looks like one; they are looked for once.
    var wikitexts: [[Wikilink.Part]] = []
    /// How the columns of each table are aligned.
    var tables: [[MarkdownNode.Alignment]] = []
    /// Levels below the document.
    var depth = 0

    /// Without what it held, but with the memory for as much.
    mutating func empty() {
        nodes.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        (wikitexts, tables, depth) = ([], [], 0)
    }

    func string(_ literal: MarkdownNode.Literal) -> String { String(decoding: text[literal.range], as: UTF8.self) }

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
        var plain: [UInt8] = []
        eachText(below: index) { piece in unsafe piece.withUnsafeBytes { unsafe plain.append(contentsOf: $0) } }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Words of ``plainText(of:)``, without making that text.
    func wordCount(of index: Int) -> Int {
        var counter = WordCounter()
        eachText(below: index) { counter.add($0) }
        return counter.words
    }

    private func eachText(below index: Int, _ body: (Span<UInt8>) -> Void) {
        switch nodes[index].kind {
        case .text(let literal), .code(let literal): body(text.span.extracting(literal.range))
        case .wikitext(_, let number):
            for part in wikitexts[number] {
                switch part {
                case .text(let plain): body(plain.utf8.span)
                case .link(let link): body(link.shownText.utf8.span)
                }
            }
        case .softBreak, .lineBreak: body(Self.blank.span)
        case .footnoteReference, .html: break
        default:
            var child = nodes[index].firstChild
            while child >= 0 {
                eachText(below: Int(child), body)
                child = nodes[Int(child)].nextSibling
            }
        }
    }

    private static let blank = [UInt8(ascii: " ")]
}

/// Counts words, runs of anything but blanks, of a text that comes in parts.
private struct WordCounter {
    private(set) var words = 0
    private var isInside = false

    mutating func add(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        var words = words + (isInside || Self.isBlank(bytes[0]) ? 0 : 1)
        unsafe bytes.withUnsafeBytes { bytes in
            var offset = 1
            // Without a branch for each byte: what comes next cannot be foreseen. As many rounds as a byte can count.
            while offset &+ 16 <= bytes.count {
                var begun = SIMD16<UInt8>()
                for _ in 0..<min(255, (bytes.count &- offset) / 16) {
                    begun &+= unsafe Self.begun(bytes, offset)
                    offset &+= 16
                }
                words &+= Self.sum(begun)
            }
            if bytes.count > 16 {
                // The rest, of whose sixteen the first are counted already.
                let numbers = SIMD16<UInt8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                let rest = SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: 16 &- (bytes.count &- offset)))
                let begun = unsafe Self.begun(bytes, bytes.count &- 16)
                words &+= unsafe Self.sum(begun & unsafeBitCast(numbers .>= rest, to: SIMD16<UInt8>.self))
            } else {
                while offset < bytes.count {
                    if unsafe Self.isBlank(bytes[offset - 1]), unsafe !Self.isBlank(bytes[offset]) { words &+= 1 }
                    offset &+= 1
                }
            }
        }
        self.words = words
        isInside = !Self.isBlank(bytes[bytes.count - 1])
    }

    @inline(__always) private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    /// One for each of sixteen bytes with which a word begins.
    @inline(__always) private static func begun(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> SIMD16<UInt8> {
        unsafe blanks(bytes, offset &- 1) & ~blanks(bytes, offset) & SIMD16(repeating: 1)
    }

    /// All bits of each of sixteen bytes that is a blank.
    @inline(__always) private static func blanks(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> SIMD16<UInt8> {
        typealias Sixteen = SIMD16<UInt8>
        let bytes = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Sixteen.self)
        // Compared with one byte instead of sixteen, each would be compared by itself.
        let (space, newline, tab) = (Sixteen(repeating: 0x20), Sixteen(repeating: 0x0A), Sixteen(repeating: 0x09))
        let blanks = (bytes .== space) .| (bytes .== newline) .| (bytes .== tab)
        return unsafe unsafeBitCast(blanks, to: SIMD16<UInt8>.self)
    }

    @inline(__always) private static func sum(_ bytes: SIMD16<UInt8>) -> Int {
        let halves = unsafe unsafeBitCast(bytes, to: SIMD2<UInt64>.self)
        let even: UInt64 = 0x00FF_00FF_00FF_00FF
        func sum(_ half: UInt64) -> Int { Int((((half & even) &+ (half >> 8 & even)) &* 0x0001_0001_0001_0001) >> 48) }
        return sum(halves.x) &+ sum(halves.y)
    }
}

struct MarkdownNode: Sendable {
    var kind: Kind
    /// Counts from 1, in the text that was parsed.
    var line: Int32
    var endLine: Int32
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1

    /// Bytes of ``MarkdownTree/text``.
    struct Literal: Sendable {
        var start: Int32
        var end: Int32

        var range: Range<Int> { Int(start)..<Int(end) }
        var isEmpty: Bool { start == end }
    }

    enum Kind: Sendable {
        case document
        case paragraph
        case heading(level: Int)
        case blockQuote
        case list(ordered: Bool, start: Int, tight: Bool)
        case item(checked: Bool?)
        case codeBlock(info: Literal, literal: Literal)
        case thematicBreak
        /// Its number in ``MarkdownTree/tables``.
        case table(number: Int)
        case tableRow(isHeader: Bool)
        case tableCell
        case footnoteDefinition
        /// Raw HTML, block or inline; it is never passed through.
        case html(isBlock: Bool, literal: Literal)
        case text(Literal)
        /// Its number in ``MarkdownTree/wikitexts``.
        case wikitext(Literal, number: Int)
        case code(Literal)
        case softBreak
        case lineBreak
        case emphasis
        case strong
        case strikethrough
        case link(destination: Literal, title: Literal)
        case image(destination: Literal, title: Literal)
        case footnoteReference(label: Literal)
        /// A node that this program does not know; its children still count.
        case other

        /// What stands in the note, of any text.
        var literal: Literal? {
            switch self {
            case .text(let literal), .wikitext(let literal, _): literal
            default: nil
            }
        }
    }

    enum Alignment: Sendable { case none, left, center, right }
}

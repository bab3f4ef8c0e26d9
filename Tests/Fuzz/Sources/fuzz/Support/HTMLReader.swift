import Site

/// Reads the HTML of a page's body, strictly: as the renderer writes it and no other way.
///
/// What an author's text could smuggle in shows as a tag, an attribute or a
/// nesting that the renderer does not write.
struct HTMLReader {
    struct Tag {
        let name: String
        let attributes: [(name: String, value: String)]

        subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    private(set) var tags: [Tag] = []
    private var open: [String] = []
    private var rest: ArraySlice<UInt8>
    private let html: String

    init(_ html: String) {
        self.html = html
        rest = Array(html.utf8)[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "<") { tag() } else { rest = rest.dropFirst() }
            if byte == UInt8(ascii: ">") { fail("a `>` that ends no tag") }
        }
        if !open.isEmpty { fail("\(open) without an end") }
    }

    private mutating func tag() {
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "/") {
            rest = rest.dropFirst()
            let name = word()
            if open.popLast() != name { fail("</\(name)> ends what it did not begin") }
            return take(">")
        }
        let name = word()
        guard Self.elements.contains(name) else { return fail("<\(name)> is not written here") }
        var attributes: [(name: String, value: String)] = []
        while rest.first == UInt8(ascii: " ") {
            rest = rest.dropFirst()
            let attribute = word()
            guard Self.attributes.contains(attribute) else { return fail("an attribute `\(attribute)` is not written here") }
            attributes.append((attribute, rest.first == UInt8(ascii: "=") ? quoted() : ""))
        }
        tags.append(Tag(name: name, attributes: attributes))
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() } else if !Self.void.contains(name) { open.append(name) }
        take(">")
    }

    private mutating func word() -> String {
        let end = rest.firstIndex { !(($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A) && !($0 >= 0x30 && $0 <= 0x39) && $0 != 0x2D } ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func quoted() -> String {
        take("=\"")
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            fail("an attribute without an end")
            return ""
        }
        defer { rest = rest[(end + 1)...] }
        return Self.unescaped(String(decoding: rest[..<end], as: UTF8.self))
    }

    private mutating func take(_ text: String) {
        guard rest.starts(with: text.utf8) else { return fail("no `\(text)` at `\(String(decoding: rest.prefix(40), as: UTF8.self))`") }
        rest = rest.dropFirst(text.utf8.count)
    }

    private func fail(_ what: String) { expect(false, "\(what) in \(html)") }

    private static func unescaped(_ value: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(value) { $0.replacing($1.0, with: $1.1) }
    }

    private static let void: Set = ["br", "hr", "img", "input"]
    private static let elements: Set = [
        "a", "blockquote", "br", "code", "del", "div", "em", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input", "li", "ol", "p", "path",
        "pre", "rect", "section", "span", "strong", "sup", "svg", "table", "tbody", "td", "text", "th", "thead", "tr", "ul",
    ]
    private static let attributes: Set = [
        "alt", "aria-label", "checked", "class", "d", "data-language", "decoding", "disabled", "height", "href", "id", "lengthAdjust", "loading",
        "rel",
        "role", "rx", "scope", "src", "start", "tabindex", "textLength", "title", "type", "viewBox", "width", "x", "y",
    ]
}

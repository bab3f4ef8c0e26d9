import Site

/// Turns a parsed note into HTML, once.
struct HTMLRenderer<Links: LinkResolver> {
    private let document: MarkdownDocument
    private let tree: MarkdownTree
    private let links: Links
    private var html = HTMLBuffer()
    private var marks: [PageBody.HeadingMark] = []
    private var isInsideLink = false
    private var tables = 0
    private var diagrams = 0
    private var footnotes: [String: Int] = [:]
    private var footnoteUses: [Int: Int] = [:]

    init(document: MarkdownDocument, links: Links) {
        self.document = document
        tree = document.tree
        self.links = links
    }

    mutating func render() -> PageBody {
        html.reserve(tree.nodes.count * 40)
        var notes: [Int] = []
        for index in tree.children(of: 0) where index != document.titleNode {
            if case .footnoteDefinition = tree.nodes[index].kind { notes.append(index) } else { block(index, isTopLevel: true) }
        }
        let textEnd = html.count
        footnoteSection(notes)
        return PageBody(html: html.string(0..<html.count), headings: marks, textEnd: textEnd)
    }

    // MARK: Blocks

    private mutating func blocks(of index: Int) {
        for child in tree.children(of: index) { block(child) }
    }

    private mutating func block(_ index: Int, isTopLevel: Bool = false, tight: Bool = false) {
        switch tree.nodes[index].kind {
        case .paragraph: paragraph(index, tight: tight)
        case .heading(let level): heading(index, level: level, isTopLevel: isTopLevel)
        case .blockQuote: quote(index)
        case .list(let ordered, let start, let tight): list(index, ordered: ordered, start: start, tight: tight)
        case .codeBlock(let info, let literal):
            CodeBlock(info: tree.string(info), literal: tree.string(literal)).write(to: &html, diagrams: &diagrams)
        case .thematicBreak: html.markup("<hr>\n")
        case .table(let number): table(index, alignments: tree.tables[number])
        case .html(_, let literal):
            let words = RawHTML.words(in: tree.string(literal))
            guard !words.isEmpty else { break }
            html.markup("<p>")
            html.text(words)
            html.markup("</p>\n")
        case .footnoteDefinition: break
        default: inline(index)
        }
    }

    private mutating func paragraph(_ index: Int, tight: Bool) {
        if let tags = Hashtags.tags(ofParagraph: index, in: tree).map({ $0.compactMap { Tag($0) } }), !tags.isEmpty {
            html.markup("<p class=\"hashtags\">")
            for (number, tag) in tags.enumerated() {
                if number > 0 { html.markup(" ") }
                html.markup("<a href=\"")
                html.url(tag.path.description)
                html.markup("\">#")
                html.text(tag.title)
                html.markup("</a>")
            }
            html.markup("</p>\n")
        } else if tight {
            inlines(of: index)
        } else {
            html.markup("<p>")
            inlines(of: index)
            html.markup("</p>\n")
        }
    }

    private mutating func heading(_ index: Int, level: Int, isTopLevel: Bool) {
        let (id, title) = document.headings[index] ?? ("", "")
        let start = html.count
        // The page's title is its only H1.
        let level = max(level, 2)
        html.markup("<h")
        html.number(level)
        html.markup(" id=\"")
        html.text(id)
        html.markup("\">")
        inlines(of: index)
        html.markup(" <a class=\"anchor\" href=\"#")
        html.url(id)
        html.markup("\" aria-label=\"Link to the section “")
        html.text(title)
        html.markup("”\">#</a></h")
        html.number(level)
        html.markup(">\n")
        if isTopLevel {
            marks.append(PageBody.HeadingMark(heading: Heading(level: level, id: id, title: title), range: start..<html.count))
        }
    }

    private mutating func quote(_ index: Int) {
        guard let alert = Alert(ofQuote: index, in: tree) else {
            html.markup("<blockquote>\n")
            blocks(of: index)
            html.markup("</blockquote>\n")
            return
        }
        html.markup("<div class=\"alert alert-")
        html.text(alert.kind.rawValue)
        html.markup("\" role=\"note\"><p class=\"alert-title\">")
        html.text(alert.title)
        html.markup("</p>\n")
        for child in tree.children(of: index) {
            if child == alert.paragraph {
                guard !alert.isAlone else { continue }
                html.markup("<p>")
                for inline in tree.children(of: child) where !alert.marker.contains(inline) { self.inline(inline) }
                html.markup("</p>\n")
            } else {
                block(child)
            }
        }
        html.markup("</div>\n")
    }

    private mutating func list(_ index: Int, ordered: Bool, start: Int, tight: Bool) {
        let items = Array(tree.children(of: index))
        let hasTasks = items.contains { if case .item(.some) = tree.nodes[$0].kind { true } else { false } }
        html.markup(ordered ? "<ol" : "<ul")
        if hasTasks { html.markup(" class=\"tasks\"") }
        if ordered, start != 1 {
            html.markup(" start=\"")
            html.number(start)
            html.markup("\"")
        }
        html.markup(">\n")
        for item in items {
            if case .item(let checked?) = tree.nodes[item].kind {
                html.markup(
                    checked
                        ? "<li class=\"task\"><input type=\"checkbox\" disabled checked aria-label=\"Done\"> "
                        : "<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"To do\"> ")
            } else {
                html.markup("<li>")
            }
            for child in tree.children(of: item) { block(child, tight: tight) }
            html.markup("</li>\n")
        }
        html.markup(ordered ? "</ol>\n" : "</ul>\n")
    }

    private mutating func table(_ index: Int, alignments: [MarkdownNode.Alignment]) {
        // A region that can be scrolled by keyboard needs a name that no other one has.
        tables += 1
        html.markup("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Table ")
        html.number(tables)
        html.markup("\"><table>\n")
        var hasBody = false
        for row in tree.children(of: index) {
            guard case .tableRow(let isHeader) = tree.nodes[row].kind else { continue }
            if isHeader {
                html.markup("<thead>")
            } else if !hasBody {
                html.markup("<tbody>\n")
                hasBody = true
            }
            html.markup("<tr>")
            for (column, cell) in tree.children(of: row).enumerated() {
                html.markup(isHeader ? "<th scope=\"col\"" : "<td")
                switch alignments.indices.contains(column) ? alignments[column] : .none {
                case .none: break
                case .left: html.markup(" class=\"align-left\"")
                case .center: html.markup(" class=\"align-center\"")
                case .right: html.markup(" class=\"align-right\"")
                }
                html.markup(">")
                inlines(of: cell)
                html.markup(isHeader ? "</th>" : "</td>")
            }
            html.markup(isHeader ? "</tr></thead>\n" : "</tr>\n")
        }
        if hasBody { html.markup("</tbody>") }
        html.markup("</table></div>\n")
    }

    private mutating func footnoteSection(_ definitions: [Int]) {
        guard !definitions.isEmpty else { return }
        html.markup("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n")
        for (offset, definition) in definitions.enumerated() {
            let number = offset + 1
            html.markup("<li id=\"fn-")
            html.number(number)
            html.markup("\">")
            blocks(of: definition)
            for use in 0..<max(1, footnoteUses[number] ?? 1) {
                html.markup("<a class=\"footnote-back\" href=\"#fnref-")
                html.number(number)
                if use > 0 {
                    html.markup("-")
                    html.number(use + 1)
                }
                html.markup("\" aria-label=\"Back to reference ")
                html.number(number)
                html.markup("\">↩</a> ")
            }
            html.markup("</li>\n")
        }
        html.markup("</ol></section>\n")
    }

    // MARK: Inlines

    private mutating func inlines(of index: Int) {
        for child in tree.children(of: index) { inline(child) }
    }

    private mutating func inline(_ index: Int) {
        switch tree.nodes[index].kind {
        case .text(let literal): text(literal)
        case .wikitext(_, let number): text(tree.wikitexts[number])
        case .code(let literal):
            html.markup("<code>")
            text(literal)
            html.markup("</code>")
        case .softBreak: html.markup("\n")
        case .lineBreak: html.markup("<br>\n")
        case .emphasis: element("em", index)
        case .strong: element("strong", index)
        case .strikethrough: element("del", index)
        case .link(let destination, let title):
            link(to: links.resolve(.destination(tree.string(destination))), title: tree.string(title)) { $0.inlines(of: index) }
        case .image(let destination, let title):
            image(links.resolveImage(tree.string(destination)), alternative: tree.plainText(of: index), title: tree.string(title))
        case .footnoteReference(let label): footnoteReference(tree.string(label))
        case .html(_, let literal): if RawHTML.isLineBreak(tree.string(literal)) { html.markup("<br>\n") }
        default: inlines(of: index)
        }
    }

    private mutating func element(_ name: StaticString, _ index: Int) {
        html.markup("<")
        html.markup(name)
        html.markup(">")
        inlines(of: index)
        html.markup("</")
        html.markup(name)
        html.markup(">")
    }

    private mutating func text(_ literal: MarkdownNode.Literal) {
        let text = tree.text
        html.text(text.span.extracting(literal.range))
    }

    private mutating func text(_ parts: [Wikilink.Part]) {
        for part in parts {
            switch part {
            case .text(let plain): html.text(plain)
            case .link(let wikilink):
                if wikilink.isEmbed, case .image = links.resolveImage(wikilink.parts[0]) {
                    let words = wikilink.parts.dropFirst().first ?? wikilink.parts[0]
                    image(links.resolveImage(wikilink.parts[0]), alternative: words, title: "")
                    continue
                }
                let target = links.resolve(.wiki(parts: wikilink.parts))
                var shown = wikilink.shownText
                if case .page(_, _, let text?) = target { shown = text }
                link(to: target, title: "") { $0.html.text(shown) }
            }
        }
    }

    private mutating func link(to target: ResolvedLink, title: String, content: (inout Self) -> Void) {
        if isInsideLink { return content(&self) }
        switch target {
        case .dead: return content(&self)
        case .wanted:
            html.markup("<span class=\"wanted\" title=\"Not written yet\">")
            content(&self)
            html.markup("</span>")
            return
        case .page(let path, let anchor, _):
            html.markup("<a href=\"")
            html.url(path.description)
            if let anchor, !anchor.isEmpty {
                html.markup("#")
                html.url(anchor)
            }
        case .file(let url):
            html.markup("<a href=\"")
            html.url(url)
        case .external(let url):
            html.markup("<a class=\"external\" rel=\"noopener\" href=\"")
            html.url(url)
        }
        html.markup("\"")
        if !title.isEmpty {
            html.markup(" title=\"")
            html.text(title)
            html.markup("\"")
        }
        html.markup(">")
        isInsideLink = true
        content(&self)
        isInsideLink = false
        html.markup("</a>")
    }

    private mutating func image(_ image: ResolvedImage, alternative: String, title: String) {
        switch image {
        case .dead: html.text(alternative)
        case .remote(let url):
            link(to: .external(url), title: title) { $0.html.text(alternative.isEmpty ? url : alternative) }
        case .image(let url, let width, let height):
            html.markup("<img src=\"")
            html.url(url)
            html.markup("\" alt=\"")
            html.text(alternative)
            html.markup("\"")
            if let width, let height {
                html.markup(" width=\"")
                html.number(width)
                html.markup("\" height=\"")
                html.number(height)
                html.markup("\"")
            }
            if !title.isEmpty {
                html.markup(" title=\"")
                html.text(title)
                html.markup("\"")
            }
            html.markup(" loading=\"lazy\" decoding=\"async\">")
        }
    }

    /// Footnotes are numbered as they are first used, and so are cmark's definitions.
    private mutating func footnoteReference(_ label: String) {
        let number = footnotes[label] ?? footnotes.count + 1
        footnotes[label] = number
        let use = (footnoteUses[number] ?? 0) + 1
        footnoteUses[number] = use
        html.markup("<sup class=\"footnote-ref\"><a id=\"fnref-")
        html.number(number)
        if use > 1 {
            html.markup("-")
            html.number(use)
        }
        html.markup("\" href=\"#fn-")
        html.number(number)
        html.markup("\" aria-label=\"Footnote ")
        html.number(number)
        html.markup("\">")
        html.number(number)
        html.markup("</a></sup>")
    }
}

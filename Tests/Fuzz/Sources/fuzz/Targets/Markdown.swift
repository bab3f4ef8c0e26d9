import Site

@testable import Content
@testable import Markdown

/// A note's text: its HTML holds only what the renderer writes, leads only where links may, and costs no more than it must.
func checkMarkdown(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    var limits = MarkdownLimits()
    limits.nesting = 20
    limits.tableCells = 500
    limits.referenceBytes = 4_096
    guard let document = try? MarkdownDocument(parsing: text, limits: limits) else { return }
    let facts = document.facts()
    let body = document.body(links: NoteLinks(index: index, path: page, file: "docs/note.md"))

    let most = 400 * text.utf8.count + 100 * limits.tableCells + 10 * limits.referenceBytes
    expect(body.html.utf8.count <= most, "\(text.utf8.count) bytes give \(body.html.utf8.count) of HTML, more than \(most)")
    let html = HTMLReader(body.html)
    for tag in html.tags {
        for attribute in ["href", "src"] { checkAddress(tag[attribute], of: text) }
    }

    let shown = html.tags.filter { $0.name.count == 2 && $0.name.hasPrefix("h") && $0.name != "hr" }.map { $0["id"] ?? "" }
    expect(shown.sorted() == facts.headings.map(\.id).sorted(), "headings of the facts and of the body: \(facts.headings) and \(shown)")
    let ids = shown + [facts.titleID].compactMap { $0 }
    expect(Set(ids).count == ids.count, "an anchor stands twice: \(ids)")

    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.count
    expect(facts.links.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 }, "a link outside the \(lines) lines: \(facts.links)")
    expect(facts.rawHTMLLines.allSatisfy { (1...lines).contains($0) }, "raw HTML outside the \(lines) lines: \(facts.rawHTMLLines)")
    expect(facts.excerpt.count <= 200, "an excerpt of \(facts.excerpt.count) characters")
    expect(body.html.utf8.count >= body.lead.utf8.count + body.sections.reduce(0) { $0 + $1.html.utf8.count }, "sections are parts of the body")
}

private func checkAddress(_ address: String?, of text: String) {
    guard let address else { return }
    expect(address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an address is visible ASCII: \(address)")
    expect(!address.hasPrefix("//") && !address.hasPrefix("/\\"), "an address leaves the site without a scheme: \(address)")
    guard !address.hasPrefix("/"), !address.hasPrefix("#") else { return }
    let scheme = address.prefix { $0 != ":" }.lowercased()
    expect(LinkSafety.allowed.contains(scheme), "an address with the scheme `\(scheme)`: \(address)")
}

private let page = PagePath(file: "docs/note.md")
private let index = LinkIndex(
    pages: [page: Page(path: page, origin: .note(file: "docs/note.md"), title: "Note")], aliases: [:],
    attachments: AssetCatalog([Asset(path: "/docs/a.png", fingerprint: "0", contentType: "image/png", bytes: [], pixelSize: nil)]),
    assets: AssetCatalog())

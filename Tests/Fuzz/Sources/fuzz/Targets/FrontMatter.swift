import Site

@testable import Content

/// The head of a note: whatever it holds, messages point into the file and a draft stays one.
func checkFrontMatter(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
    let block = FrontMatterBlock(of: text)
    let reader = FrontMatterReader(block, file: "note.md")

    let yaml = FrontMatterReader(block, file: "note.md", knowsPlain: false)
    expect(reader.frontMatter == yaml.frontMatter && reader.diagnostics == yaml.diagnostics, "YAML reads plain lines otherwise: \(block.lines)")

    for diagnostic in reader.diagnostics {
        expect((1...lines).contains(diagnostic.line), "line \(diagnostic.line) of \(lines): \(diagnostic)")
        expect(diagnostic.column >= 1, "column \(diagnostic.column): \(diagnostic)")
        expect(!diagnostic.message.isEmpty && !diagnostic.remedy.isEmpty, "a message and a remedy: \(diagnostic)")
    }
    expect(block.bodyLine <= lines, "\(block.bodyLine) lines above the text, of \(lines)")
    expect(text.utf8.count >= block.body.utf8.count && text.hasSuffix(block.body), "the body is the end of the file")
    checkDraft(block)
}

/// No line of the head takes back that the note is a draft.
private func checkDraft(_ block: FrontMatterBlock) {
    guard !block.lines.isEmpty else { return }
    let head = "---\ndraft: true\n" + block.lines.joined(separator: "\n") + "\n---\n"
    let reader = FrontMatterReader(FrontMatterBlock(of: head), file: "note.md")
    let isTooLong = reader.diagnostics.contains { $0.message.contains("longer than") }
    expect(reader.frontMatter.isDraft || isTooLong, "a draft is published: \(head)")
}

import Markdown
import Site

/// A note as it was read: known by itself, without any other note. Shared, since a site's are looked at on all processors.
final class Note: Sendable {
    /// Path below the content folder.
    let file: String
    let path: PagePath
    let frontMatter: FrontMatter
    /// `nil` where the text was refused as too costly.
    let facts: NoteFacts?
    /// From the front matter and from lines of hashtags.
    let tags: [Tag]
    /// The text below the front matter.
    let text: NoteText
    /// Of ``text``.
    let digest: Digest
    /// Lines of the file above ``text``.
    let textLine: Int
    let diagnostics: [Diagnostic]

    init(file: String, _ source: NoteSource, displayName: String, _ markdown: MarkdownReader) {
        self.file = file
        path = PagePath(file: file)
        var diagnostics: [Diagnostic] = []
        let block = source.block
        if let place = source.invalid {
            diagnostics.append(
                Diagnostic(
                    .error, file: displayName, line: place.line, column: place.column, "the file is not UTF-8",
                    remedy: "save it as UTF-8; until then the marks it holds here are shown as \u{FFFD}"))
        }
        let reader = FrontMatterReader(block, file: displayName)
        diagnostics += reader.diagnostics
        frontMatter = reader.frontMatter
        text = NoteText(plain: block.body)
        digest = source.digest
        textLine = block.bodyLine
        do throws(MarkdownLimits.Excess) {
            facts = try markdown.facts(of: block.body)
        } catch {
            facts = nil
            diagnostics.append(Diagnostic(.error, file: displayName, line: error.line + block.bodyLine, error.message, remedy: error.remedy))
        }
        for line in facts?.rawHTMLLines ?? [] {
            diagnostics.append(
                Diagnostic(
                    .warning, file: displayName, line: line + block.bodyLine, "raw HTML is left out",
                    remedy: "write it as Markdown, or as code in backquotes"))
        }
        tags = (frontMatter.tags + (facts?.hashtags ?? [])).reduce(into: []) { tags, title in
            if let tag = Tag(title), !tags.contains(tag) { tags.append(tag) }
        }
        self.diagnostics = diagnostics
    }

    init(
        file: String, frontMatter: FrontMatter, facts: NoteFacts?, tags: [Tag], text: NoteText, digest: Digest, textLine: Int,
        diagnostics: [Diagnostic]
    ) {
        self.file = file
        path = PagePath(file: file)
        self.frontMatter = frontMatter
        self.facts = facts
        self.tags = tags
        self.text = text
        self.digest = digest
        self.textLine = textLine
        self.diagnostics = diagnostics
    }

    var publication: Publication {
        Publication(isDraft: frontMatter.isDraft, from: frontMatter.publish, until: frontMatter.expire)
    }

    var title: String { frontMatter.title ?? facts?.title ?? Self.title(fromFile: file) }

    /// `docs/Quick-Start.md` is "Quick Start", `docs/index.md` is "Docs".
    private static func title(fromFile file: String) -> String {
        var parts = file.split(separator: "/").map { $0.split(separator: ".").first.map(String.init) ?? String($0) }
        if parts.last?.lowercased() == "index", parts.count > 1 { parts.removeLast() }
        return humanized(parts.last ?? file)
    }

    static func humanized(_ slug: String) -> String {
        let words = slug.map { $0 == "-" || $0 == "_" ? " " : $0 }
        return String(words.prefix(1)).uppercased() + String(words.dropFirst())
    }
}

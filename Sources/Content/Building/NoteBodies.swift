import Markdown
import Site

/// Renders notes when their pages are asked for.
struct NoteBodies: PageBodySource {
    let notes: [PagePath: Note]
    let index: LinkIndex
    /// Of the notes above.
    let links: [PagePath: FollowedLinks]
    let kept: KeptBodies

    func body(of page: Page) -> PageBody {
        guard let note = notes[page.path] else { return .empty }
        return kept.body(for: digest(of: page)) { body(of: note) }
    }

    private func body(of note: Note) -> PageBody {
        do throws(MarkdownLimits.Excess) {
            let document = try MarkdownDocument(parsing: note.text.plain)
            return document.body(links: NoteLinks(index: index, path: note.path, file: note.file))
        } catch {
            // Refused when it was read, and reported then; readers see why the page is short.
            let html = "<p>This page is too large to be shown.</p>\n"
            return PageBody(html: html, headings: [], textEnd: html.utf8.count)
        }
    }

    func markdown(of page: Page) -> String? {
        guard let note = notes[page.path] else { return nil }
        let text = note.text.plain.drop { $0.isNewline }
        return note.facts?.title == nil ? "# \(page.title)\n\n\(text)" : String(text)
    }

    func digest(of page: Page) -> Digest { links[page.path]?.body ?? DigestFunction.sha256(DigestInput("body")) }

    func sourceDigest(of page: Page) -> Digest? { notes[page.path]?.digest }
}

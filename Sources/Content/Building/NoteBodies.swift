import Markdown
import Site

/// Renders notes when their pages are asked for.
struct NoteBodies: PageBodySource {
    let notes: [PagePath: Note]
    let index: LinkIndex

    func body(of page: Page) -> PageBody {
        guard let note = notes[page.path] else { return .empty }
        do throws(MarkdownLimits.Excess) {
            let document = try MarkdownDocument(parsing: note.text)
            return document.body(links: NoteLinks(index: index, path: note.path, file: note.file))
        } catch {
            // Refused when it was read, and reported then; readers see why the page is short.
            let html = "<p>This page is too large to be shown.</p>\n"
            return PageBody(html: html, headings: [], textEnd: html.utf8.count)
        }
    }

    func markdown(of page: Page) -> String? {
        guard let note = notes[page.path] else { return nil }
        let text = note.text.drop { $0.isNewline }
        return note.facts?.title == nil ? "# \(page.title)\n\n\(text)" : String(text)
    }

    func digest(of page: Page) -> Digest {
        var input = DigestInput("body")
        guard let note = notes[page.path] else { return DigestFunction.sha256(input) }
        input.add(note.digest)
        let links = NoteLinks(index: index, path: note.path, file: note.file)
        for link in note.facts?.links ?? [] {
            if link.isImage, case .destination(let destination) = link.target {
                input.add(links.resolveImage(destination))
            } else if link.isImage, case .wiki(let parts) = link.target {
                // `![[…]]` shows a picture, or a link to a page.
                input.add(links.resolveImage(parts.first ?? ""))
                input.add(links.resolve(link.target))
            } else {
                input.add(links.resolve(link.target))
            }
        }
        return DigestFunction.sha256(input)
    }

    func sourceDigest(of page: Page) -> Digest? { notes[page.path]?.digest }
}

extension DigestInput {
    fileprivate mutating func add(_ link: ResolvedLink) {
        switch link {
        case .page(let path, let anchor, let text):
            add(1)
            add(path.description)
            add(anchor)
            add(text)
        case .file(let address):
            add(2)
            add(address)
        case .external(let address):
            add(3)
            add(address)
        case .wanted(let title):
            add(4)
            add(title)
        case .dead: add(5)
        }
    }

    fileprivate mutating func add(_ image: ResolvedImage) {
        switch image {
        case .image(let url, let width, let height):
            add(6)
            add(url)
            add(width ?? -1)
            add(height ?? -1)
        case .remote(let address):
            add(7)
            add(address)
        case .dead: add(8)
        }
    }
}

import FoundationEssentials
import Markdown
import Site

/// Makes one snapshot out of all notes: who may be seen now, who links to whom,
/// and what is wrong.
struct SiteBuilder {
    private let now: Date
    private let notes: [Note]
    private let folderName: String
    private let showsDrafts: Bool
    private let templates: Set<String>?
    private let attachments: AssetCatalog
    private let assets: AssetCatalog

    /// Of the snapshot before, whose links are taken over where they lead where they led.
    private let previous: NoteBodies?
    private let kept: KeptBodies

    private var diagnostics: [Diagnostic]
    private var pages: [PagePath: Page] = [:]
    private var notesByPath: [PagePath: Note] = [:]
    private var aliases: [PagePath: PagePath] = [:]
    private var brokenLinks: [String] = []
    /// Files of the notes that are not public, by title.
    private var hidden: [String: String] = [:]

    /// - Parameters:
    ///   - notes: in order of their files, so that of two notes with one address the first has it.
    ///   - templates: names that `template:` may use; `nil` where they are not known.
    init(
        notes: [Note], now: Date, folderName: String, showsDrafts: Bool, templates: Set<String>?, attachments: AssetCatalog, assets: AssetCatalog,
        diagnostics: [Diagnostic], previous: NoteBodies?, kept: KeptBodies
    ) {
        self.previous = previous
        self.kept = kept
        self.notes = notes
        self.now = now
        self.folderName = folderName
        self.showsDrafts = showsDrafts
        self.templates = templates
        self.attachments = attachments
        self.assets = assets
        self.diagnostics = diagnostics
    }

    mutating func build(settings: SiteSettings) -> (site: SiteSnapshot, bodies: NoteBodies) {
        for note in notes { add(note) }
        addFolders(rootTitle: settings.title)
        let notesInOrder = notesByPath.values.sorted { $0.file < $1.file }
        for note in notesInOrder { addAliases(of: note) }
        let index = LinkIndex(pages: pages, aliases: aliases, attachments: attachments, assets: assets, reusing: previous?.index)
        let links = followLinks(of: notesInOrder, index)
        let (backlinks, wanted) = connect(notesInOrder, links, index)
        let bodies = NoteBodies(
            notes: notesByPath, index: index, links: Dictionary(uniqueKeysWithValues: zip(notesInOrder.map(\.path), links)), kept: kept)
        let site = SiteSnapshot(
            moment: now, settings: settings, pages: pages, aliases: aliases, backlinks: backlinks, wanted: wanted, attachments: attachments,
            diagnostics: diagnostics.sorted(), nextChange: notes.compactMap { $0.publication.nextChange(after: now) }.min(), due: due,
            brokenLinks: brokenLinks.sorted(), bodies: bodies)
        return (site, bodies)
    }

    private var due: [SiteSummary.DueChange] {
        notes.filter { !$0.publication.isDraft }.flatMap { note in
            [(note.publication.from, true), (note.publication.until, false)].compactMap { date, appears in
                date.flatMap {
                    $0 > now ? SiteSummary.DueChange(at: $0.timeIntervalSince1970, address: note.path.description, appears: appears) : nil
                }
            }
        }.sorted { ($0.at, $0.address) < ($1.at, $1.address) }
    }

    // MARK: Pages

    private mutating func add(_ note: Note) {
        diagnostics += note.diagnostics
        if let other = notesByPath[note.path] {
            return report(
                .error, note, "the address \(note.path) is taken by \(other.file)", remedy: "rename one of the two files")
        }
        if OwnPaths.owns(note.path) {
            return report(.error, note, "the address \(note.path) belongs to the site itself", remedy: "rename the file")
        }
        if let template = note.frontMatter.template, let templates, !templates.contains(template) {
            report(
                .error, note, key: "template", "there is no template `\(template)`",
                remedy: "use one of \(templates.sorted().joined(separator: ", "))")
        }
        if let from = note.frontMatter.publish, let until = note.frontMatter.expire, until <= from {
            report(.warning, note, key: "expire", "the page expires before it is published", remedy: "put `expire` after `publish`")
        }
        let isPublic = note.publication.isPublic(at: now)
        guard isPublic || showsDrafts else {
            hidden[note.title] = hidden[note.title] ?? note.file
            return
        }
        notesByPath[note.path] = note
        pages[note.path] = page(for: note, isDraft: !isPublic)
    }

    private func page(for note: Note, isDraft: Bool) -> Page {
        let (front, facts, title) = (note.frontMatter, note.facts, note.title)
        return Page(
            path: note.path, origin: .note(file: note.file), title: title, heading: facts?.title == title ? nil : facts?.title,
            headingID: facts?.titleID, summary: front.description ?? facts?.excerpt ?? "", tags: note.tags, created: front.created,
            updated: front.updated, order: front.order, template: front.template.flatMap { templates?.contains($0) == false ? nil : $0 },
            isHiddenFromSearch: front.isHiddenFromSearch, isDraft: isDraft, headings: facts?.headings ?? [], wordCount: facts?.wordCount ?? 0)
    }

    /// A folder without an index is a page that lists what it holds.
    private mutating func addFolders(rootTitle: String) {
        for path in notesByPath.keys {
            var parent = path.parent
            while let folder = parent, pages[folder] == nil {
                let title = folder.isRoot ? rootTitle : Note.humanized(String(folder.components.last ?? ""))
                pages[folder] = Page(path: folder, origin: .folder, title: title)
                parent = folder.parent
            }
        }
        if pages[.root] == nil { pages[.root] = Page(path: .root, origin: .folder, title: rootTitle) }
    }

    private mutating func addAliases(of note: Note) {
        var added: [PagePath] = []
        for alias in note.frontMatter.aliases {
            let old = PagePath(canonical: alias)
            if pages[old]?.file != nil || OwnPaths.owns(old) {
                report(.error, note, key: "aliases", "the alias \(old) is the address of a page", remedy: "remove it or move that page")
            } else if let other = aliases[old], other != note.path {
                report(.error, note, key: "aliases", "the alias \(old) already leads to \(other)", remedy: "keep it in one note only")
            } else {
                aliases[old] = note.path
                added.append(old)
            }
        }
        if !added.isEmpty { pages[note.path] = pages[note.path]?.with(aliases: added) }
    }

    // MARK: Links

    /// A note's links depend on the names of all pages, and on the headings of those that they lead to.
    private func followLinks(of notes: [Note], _ index: LinkIndex) -> [FollowedLinks] {
        let changed = previous.flatMap { index.pagesWithOtherAnchors(since: $0.index) }
        return notes.concurrentMap { [previous] note in
            if let changed, let known = previous?.links[note.path], known.hold(for: note, changed: changed) { return known }
            return FollowedLinks(of: note, index)
        }
    }

    private mutating func connect(
        _ notes: [Note], _ followed: [FollowedLinks], _ index: LinkIndex
    ) -> (backlinks: [PagePath: [PagePath]], wanted: [WantedPage]) {
        var linking: [PagePath: [PagePath]] = [:]
        var wanted: [String: (title: String, by: Set<PagePath>)] = [:]
        let related = notes.concurrentMap { [pages] in Self.relatedPages(of: $0, index, pages) }
        for ((note, links), related) in zip(zip(notes, followed), related) {
            for target in links.targets { linking[target, default: []].append(note.path) }
            for title in links.wanted { wanted[Slug.make(from: title), default: (title, [])].by.insert(note.path) }
            for problem in links.problems { report(problem, in: note) }
            for title in related.filter({ $0.path == nil }).map(\.title) {
                wanted[Slug.make(from: title), default: (title, [])].by.insert(note.path)
                report(.warning, note, key: "related", "nobody has written `\(title)` yet", remedy: "write it, or take it out of `related`")
            }
            if !related.isEmpty { pages[note.path] = pages[note.path]?.with(related: related) }
        }
        let wantedPages = wanted.sorted { $0.key < $1.key }.map { WantedPage(title: $0.value.title, wantedBy: $0.value.by.sorted()) }
        return (linking, wantedPages)
    }

    private static func relatedPages(of note: Note, _ index: LinkIndex, _ pages: [PagePath: Page]) -> [RelatedPage] {
        guard !note.frontMatter.related.isEmpty else { return [] }
        let links = NoteLinks(index: index, path: note.path, file: note.file)
        return note.frontMatter.related.compactMap { text in
            let parts = text.split(separator: "|").map(\.trimmed)
            guard let first = parts.first else { return nil }
            guard case .page(let path, _, _) = links.resolve(.wiki(parts: Array(parts.prefix(3)))) else {
                return RelatedPage(title: first, path: nil)
            }
            return RelatedPage(title: pages[path]?.title ?? first, path: path)
        }
    }

    // MARK: Messages

    private mutating func report(_ problem: FollowedLinks.Problem, in note: Note) {
        switch problem {
        case .link(let problem, let link): report(problem, link, in: note)
        case .remoteImage(let destination, let link):
            report(
                .warning, note, link, "the image `\(destination)` is on another host and is shown as a link", remedy: "put the file beside the note",
                isBroken: false)
        case .deadImage(let destination, let link):
            report(.error, note, link, "there is no image `\(destination)`", remedy: "put the file beside the note, or correct the path")
        }
    }

    private mutating func report(_ problem: NoteLinks.Problem, _ link: NoteFacts.LinkOccurrence, in note: Note) {
        switch problem {
        case .noSuchPage(let destination):
            report(.error, note, link, "the link `\(destination)` leads nowhere", remedy: "correct the path, or remove the link")
        case .noSuchAnchor(let anchor, let path):
            let page = path == note.path ? "this page" : path.description
            report(.error, note, link, "there is no heading `#\(anchor)` on \(page)", remedy: nearestAnchor(to: anchor, on: path))
        case .forbiddenScheme:
            report(.error, note, link, "links of this kind are not followed", remedy: "use http, https, mailto or tel")
        case .notWritten(let title):
            let draft = hidden[title]
            let message = draft == nil ? "nobody has written `\(title)` yet" : "`\(title)` is not public"
            report(.warning, note, link, message, remedy: draft.map { "publish \($0) as well" } ?? "write it, or correct the title")
        }
    }

    private func nearestAnchor(to anchor: String, on path: PagePath) -> String {
        let ids = pages[path]?.headings.map(\.id) ?? []
        let wanted = anchor.lowercased().filter(\.isLetter)
        guard let near = ids.first(where: { $0.filter(\.isLetter) == wanted }) else { return "correct the anchor, or remove it" }
        return "did you mean `#\(near)`?"
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ note: Note, _ link: NoteFacts.LinkOccurrence, _ message: String, remedy: String, isBroken: Bool = true
    ) {
        // Without the folder, which is called otherwise elsewhere, and the line, which an edit moves.
        if isBroken { brokenLinks.append("\(note.file): \(message)") }
        diagnostics.append(
            Diagnostic(
                severity, file: "\(folderName)/\(note.file)", line: link.line + note.textLine, column: link.column, message, remedy: remedy))
    }

    private mutating func report(_ severity: Diagnostic.Severity, _ note: Note, key: String? = nil, _ message: String, remedy: String) {
        let place = key.map(note.frontMatter.place(of:)) ?? FrontMatter.Place(line: 1, column: 1)
        diagnostics.append(
            Diagnostic(severity, file: "\(folderName)/\(note.file)", line: place.line, column: place.column, message, remedy: remedy))
    }
}

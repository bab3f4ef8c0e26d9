import Markdown
import Site

/// Where the links of one note lead.
struct FollowedLinks: Sendable {
    /// Of the note's text.
    let text: Digest
    /// Over the text and where its links and pictures lead: what the page's body is made from.
    private(set) var body: Digest
    /// Other pages that links lead to.
    private(set) var targets: Set<PagePath> = []
    /// Pages that stand as a link in the place of a picture.
    private(set) var embedded: Set<PagePath> = []
    /// What is linked to and nobody has written, in the order of the links.
    private(set) var wanted: [String] = []
    private(set) var problems: [Problem] = []

    enum Problem {
        case link(NoteLinks.Problem, NoteFacts.LinkOccurrence)
        case remoteImage(String, NoteFacts.LinkOccurrence)
        case deadImage(String, NoteFacts.LinkOccurrence)
    }

    init(of note: Note, _ index: LinkIndex) {
        let links = NoteLinks(index: index, path: note.path, file: note.file)
        (text, body) = (note.digest, note.digest)
        var input = DigestInput("body")
        input.add(note.digest)
        for link in note.facts?.links ?? [] {
            if link.isImage {
                image(link, links, &input)
                continue
            }
            let resolution = links.resolution(of: link.target)
            input.add(resolution.link)
            if case .page(let target, _, _) = resolution.link, target != note.path { targets.insert(target) }
            if case .wanted(let title) = resolution.link { wanted.append(title) }
            if let problem = resolution.problem { problems.append(.link(problem, link)) }
        }
        body = DigestFunction.sha256(input)
    }

    private mutating func image(_ link: NoteFacts.LinkOccurrence, _ links: NoteLinks, _ input: inout DigestInput) {
        let destination: String
        var page: PagePath?
        switch link.target {
        case .destination(let text): destination = text
        // `![[…]]` shows a picture, or a link to a page.
        case .wiki(let parts): destination = parts.first ?? ""
        }
        let image = links.resolveImage(destination)
        input.add(image)
        if case .wiki = link.target {
            let resolved = links.resolve(link.target)
            input.add(resolved)
            if case .page(let path, _, _) = resolved { page = path }
        }
        if let page {
            embedded.insert(page)
            return
        }
        switch image {
        case .image: break
        case .remote: problems.append(.remoteImage(destination, link))
        case .dead: problems.append(.deadImage(destination, link))
        }
    }

    /// Whether the note's links lead where these do, which they did before the headings of `changed` became others.
    func hold(for note: Note, changed: Set<PagePath>) -> Bool {
        text == note.digest && !changed.contains(note.path) && targets.isDisjoint(with: changed) && embedded.isDisjoint(with: changed)
    }
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

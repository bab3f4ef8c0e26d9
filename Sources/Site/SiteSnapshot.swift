public import FoundationEssentials

/// The whole public site at one moment: a function of the files and the time.
///
/// Immutable, so a request reads one snapshot from beginning to end. Pages that
/// are not public at ``moment`` are not in it anywhere: not in a list, a feed,
/// a backlink or a sidebar.
public struct SiteSnapshot: Sendable {
    public let moment: Date
    public let settings: SiteSettings
    /// Every page, folders without a note included.
    public let pages: [PagePath: Page]
    /// Old addresses and where their page lives now.
    public let aliases: [PagePath: PagePath]
    /// Tags in order of their titles, each with its pages in order of theirs.
    public let tags: [TaggedPages]
    /// For each page, the pages that link to it, in order of their titles.
    public let backlinks: [PagePath: [PagePath]]
    public let wanted: [WantedPage]
    /// Files that lie beside the notes: pictures and downloads.
    public let attachments: AssetCatalog
    public let diagnostics: [Diagnostic]
    /// When a page appears or disappears next, if nothing is edited.
    public let nextChange: Date?
    /// What will appear and disappear by itself, the soonest first.
    public let due: [SiteSummary.DueChange]
    /// Links and pictures that readers do not get: the note's file and what is wrong, sorted.
    public let brokenLinks: [String]
    public let bodies: any PageBodySource
    /// Tells this snapshot from every other one, as long as somebody holds it.
    public let identity = Identity()

    public final class Identity: Sendable {}

    /// Children of each page in the order of the sidebar.
    public let children: [PagePath: [PagePath]]
    private let positions: [PagePath: Int]
    private let sequence: [PagePath]

    public struct TaggedPages: Sendable {
        public let tag: Tag
        public let pages: [PagePath]

        public init(tag: Tag, pages: [PagePath]) {
            self.tag = tag
            self.pages = pages
        }
    }

    public init(
        moment: Date,
        settings: SiteSettings,
        pages: [PagePath: Page],
        aliases: [PagePath: PagePath] = [:],
        backlinks: [PagePath: [PagePath]] = [:],
        wanted: [WantedPage] = [],
        attachments: AssetCatalog = AssetCatalog(),
        diagnostics: [Diagnostic] = [],
        nextChange: Date? = nil,
        due: [SiteSummary.DueChange] = [],
        brokenLinks: [String] = [],
        bodies: any PageBodySource
    ) {
        self.moment = moment
        self.settings = settings
        self.pages = pages
        self.aliases = aliases
        self.wanted = wanted
        self.attachments = attachments
        self.diagnostics = diagnostics
        self.nextChange = nextChange
        self.due = due
        self.brokenLinks = brokenLinks
        self.bodies = bodies
        let order = PageOrder(of: pages)
        // Most of the work: the pages that are linked to have many links each.
        self.backlinks = Dictionary(uniqueKeysWithValues: Array(backlinks).concurrentMap { ($0.key, order.sorted($0.value)) })

        var children: [PagePath: [PagePath]] = [:]
        for path in pages.keys { if let parent = path.parent { children[parent, default: []].append(path) } }
        children = children.mapValues(order.sorted)
        self.children = children

        var byTag: [Tag: [PagePath]] = [:]
        var titles: [Tag: String] = [:]
        for path in pages.keys.sorted() {
            for tag in pages[path]?.tags ?? [] {
                byTag[tag, default: []].append(path)
                titles[tag] = titles[tag] ?? tag.title
            }
        }
        tags = byTag.map { tag, paths in
            TaggedPages(tag: Tag(titles[tag] ?? tag.title) ?? tag, pages: order.sorted(paths))
        }.sorted { $0.tag < $1.tag }

        var sequence: [PagePath] = []
        func visit(_ path: PagePath) {
            sequence.append(path)
            for child in children[path] ?? [] { visit(child) }
        }
        visit(.root)
        self.sequence = sequence
        positions = Dictionary(uniqueKeysWithValues: sequence.enumerated().map { ($1, $0) })
    }

    /// Tells two snapshots of one process apart.
    public var name: String { String(moment.timeIntervalSince1970) }

    /// The pages above `path` from the root down, `path` itself last.
    public func trail(to path: PagePath) -> [Page] {
        var trail: [Page] = []
        var next: PagePath? = path
        while let current = next {
            if let page = pages[current] { trail.append(page) }
            next = current.parent
        }
        return trail.reversed()
    }

    /// The first folder on the way to `path` (`/docs` for `/docs/a/b`) that has
    /// pages below it; `nil` for pages that lie at the top.
    public func section(of path: PagePath) -> PagePath? {
        guard let top = path.top, children[top] != nil else { return nil }
        return top
    }

    /// The page before and the page after in reading order, inside one section.
    public func neighbours(of path: PagePath) -> (previous: Page?, next: Page?) {
        let paths = neighbourPaths(of: path)
        return (paths.previous.flatMap { pages[$0] }, paths.next.flatMap { pages[$0] })
    }

    public func neighbourPaths(of path: PagePath) -> (previous: PagePath?, next: PagePath?) {
        guard let position = positions[path], let section = section(of: path) else { return (nil, nil) }
        func neighbour(at index: Int) -> PagePath? {
            guard sequence.indices.contains(index), section.contains(sequence[index]) else { return nil }
            return sequence[index]
        }
        return (neighbour(at: position - 1), neighbour(at: position + 1))
    }

    public func children(of path: PagePath) -> [Page] { (children[path] ?? []).compactMap { pages[$0] } }

    public func tagged(_ slug: some StringProtocol) -> TaggedPages? { tags.first { $0.tag.slug == slug } }

    /// Notes that carry a date, newest first: what a feed holds.
    public func recentPages(limit: Int) -> [Page] {
        var dated: [(date: Date, path: PagePath)] = []
        for page in pages.values where page.file != nil && !page.isHiddenFromSearch {
            if let date = page.lastChange { dated.append((date, page.path)) }
        }
        dated.sort { $0.date == $1.date ? $0.path < $1.path : $0.date > $1.date }
        return dated.prefix(limit).compactMap { pages[$0.path] }
    }
}

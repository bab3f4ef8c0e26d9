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
        self.backlinks = backlinks.mapValues { $0.sorted { Self.precedes($0, $1, in: pages) } }

        var children: [PagePath: [PagePath]] = [:]
        for path in pages.keys { if let parent = path.parent { children[parent, default: []].append(path) } }
        for (parent, paths) in children { children[parent] = paths.sorted { Self.precedes($0, $1, in: pages) } }
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
            TaggedPages(tag: Tag(titles[tag] ?? tag.title) ?? tag, pages: paths.sorted { Self.precedes($0, $1, in: pages) })
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

    /// Order first, then title without regard to case, then path, so that the
    /// order is the same on every replica.
    private static func precedes(_ a: PagePath, _ b: PagePath, in pages: [PagePath: Page]) -> Bool {
        guard let first = pages[a], let second = pages[b] else { return a < b }
        let orders = (first.order ?? Int.max, second.order ?? Int.max)
        if orders.0 != orders.1 { return orders.0 < orders.1 }
        let titles = (first.title.lowercased(), second.title.lowercased())
        return titles.0 == titles.1 ? a < b : titles.0 < titles.1
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
        guard let first = path.components.first else { return nil }
        let top = PagePath(components: [first])
        return children[top] == nil ? nil : top
    }

    /// The page before and the page after in reading order, inside one section.
    public func neighbours(of path: PagePath) -> (previous: Page?, next: Page?) {
        guard let position = positions[path], let section = section(of: path) else { return (nil, nil) }
        func page(at index: Int) -> Page? {
            guard sequence.indices.contains(index), section.contains(sequence[index]) else { return nil }
            return pages[sequence[index]]
        }
        return (page(at: position - 1), page(at: position + 1))
    }

    public func children(of path: PagePath) -> [Page] { (children[path] ?? []).compactMap { pages[$0] } }

    public func tagged(_ slug: some StringProtocol) -> TaggedPages? { tags.first { $0.tag.slug == slug } }

    /// Notes that carry a date, newest first: what a feed holds.
    public func recentPages(limit: Int) -> [Page] {
        let dated = pages.values.filter { $0.lastChange != nil && $0.file != nil && !$0.isHiddenFromSearch }
        return Array(
            dated.sorted { a, b in
                let dates = (a.lastChange ?? .distantPast, b.lastChange ?? .distantPast)
                return dates.0 == dates.1 ? a.path < b.path : dates.0 > dates.1
            }.prefix(limit))
    }
}

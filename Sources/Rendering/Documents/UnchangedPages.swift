import Site

/// Knows which responses are made from the same as in a manifest that was made before.
///
/// Where it errs, it takes a response for changed, which costs the time to compute it.
struct UnchangedPages: Sendable {
    private let documents: SiteDocuments
    private let site: SiteSnapshot
    private let previous: PreviousManifest
    /// Pages that came, or of which anything but the body is another.
    private let changed: Set<PagePath>
    /// Groups whose sidebars are as they were; `nil`: all of them.
    private let sidebars: Set<SidebarGroup>?

    /// - Returns: `nil` where something that every page shows has changed.
    init?(_ documents: SiteDocuments, _ site: SiteSnapshot, since previous: PreviousManifest, _ hash: DigestFunction) {
        // Pages in development show what is wrong anywhere.
        guard !documents.isDevelopment, !previous.documents.isDevelopment,
            documents.assets["/og.png"]?.fingerprintedPath == previous.documents.assets["/og.png"]?.fingerprintedPath,
            documents.templateDigests(hash) == previous.documents.templateDigests(hash),
            Self.frame(documents, site) == Self.frame(previous.documents, previous.site)
        else { return nil }
        self.documents = documents
        self.site = site
        self.previous = previous
        let old = previous.site
        var changed: Set<PagePath> = []
        var areListsSame = site.pages.count == old.pages.count && site.children == old.children
        for (path, page) in site.pages {
            guard let before = old.pages[path] else {
                changed.insert(path)
                areListsSame = false
                continue
            }
            guard !page.isIdentical(to: before) else { continue }
            changed.insert(path)
            if !page.title.hasSameBytes(as: before.title) || !page.path.description.hasSameBytes(as: before.path.description) {
                areListsSame = false
            }
        }
        self.changed = changed
        guard !areListsSame else {
            sidebars = nil
            return
        }
        let groups = Array(Set(site.pages.keys.compactMap { documents.sidebarGroup(of: $0, in: site) }))
        let isSame = groups.concurrentMap { group in
            documents.digest(of: group, in: site, hash) == previous.documents.digest(of: group, in: old, hash)
        }
        sidebars = Set(zip(groups, isSame).filter(\.1).map(\.0))
    }

    /// What stands on every page, as bytes: equal texts may have other bytes.
    private static func frame(_ documents: SiteDocuments, _ site: SiteSnapshot) -> [UInt8] {
        let settings = site.settings
        var input = DigestInput("frame")
        for text in [settings.origin, settings.title, settings.description, settings.language, settings.author] { input.add(text) }
        for entry in documents.navigationEntries(of: site) {
            input.add(entry.title)
            input.add(entry.path)
        }
        return input.bytes
    }

    /// The digest that the page had, if it is made from the same.
    func digest(of page: Page) -> Digest? {
        // The home page shows numbers about the whole site.
        guard page.template != "home", !changed.contains(page.path), let before = previous.site.pages[page.path],
            site.bodies.digest(of: page) == previous.site.bodies.digest(of: before), isSidebarSame(for: page.path)
        else { return nil }
        var folder = page.path.parent
        while let path = folder {
            guard !changed.contains(path) else { return nil }
            folder = path.parent
        }
        let (old, new) = (previous.site.neighbourPaths(of: page.path), site.neighbourPaths(of: page.path))
        guard isSame(old.previous.map { [$0] }, new.previous.map { [$0] }), isSame(old.next.map { [$0] }, new.next.map { [$0] }),
            isSame(previous.site.children[page.path], site.children[page.path]),
            isSame(previous.site.backlinks[page.path], site.backlinks[page.path])
        else { return nil }
        return known(.page(page.path))
    }

    /// The digest that the page's Markdown had, if it is made from the same.
    func markdownDigest(of page: Page) -> Digest? {
        guard !changed.contains(page.path), let before = previous.site.pages[page.path],
            site.bodies.sourceDigest(of: page) == previous.site.bodies.sourceDigest(of: before)
        else { return nil }
        return known(.markdown(page.path))
    }

    /// The digest that the tag's list had, if it is made from the same.
    func digest(of tagged: SiteSnapshot.TaggedPages) -> Digest? {
        guard let before = previous.site.tagged(tagged.tag.slug), before.tag.title.hasSameBytes(as: tagged.tag.title),
            isSame(before.pages, tagged.pages)
        else { return nil }
        return known(.tag(slug: tagged.tag.slug))
    }

    private func isSidebarSame(for path: PagePath) -> Bool {
        let group = documents.sidebarGroup(of: path, in: site)
        guard group == previous.documents.sidebarGroup(of: path, in: previous.site) else { return false }
        guard let group, let sidebars else { return true }
        return sidebars.contains(group)
    }

    private func isSame(_ old: [PagePath]?, _ new: [PagePath]?) -> Bool {
        (old ?? []) == (new ?? []) && (new ?? []).allSatisfy { !changed.contains($0) }
    }

    private func known(_ resource: Resource) -> Digest? {
        guard let entry = previous.manifest.entries[resource.address], entry.resource == resource else { return nil }
        return entry.digest
    }
}

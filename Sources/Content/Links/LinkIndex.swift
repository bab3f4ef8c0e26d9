import Markdown
import Site
import Synchronization

/// Finds pages by whatever an author may call them.
struct LinkIndex: Sendable {
    let pages: [PagePath: Page]
    let aliases: [PagePath: PagePath]
    let attachments: AssetCatalog
    let assets: AssetCatalog
    /// Pages by the slug of a name: title, file name, H1, alias.
    private var byName: [String: [PagePath]] = [:]
    private let slugs: KnownSlugs

    /// - Parameter previous: an earlier one, whose names are taken over where they are the same.
    init(
        pages: [PagePath: Page], aliases: [PagePath: PagePath], attachments: AssetCatalog, assets: AssetCatalog, reusing previous: LinkIndex? = nil
    ) {
        self.pages = pages
        self.aliases = aliases
        self.attachments = attachments
        self.assets = assets
        if let previous, Self.haveSameNames(previous.pages, pages), Self.areSame(previous.aliases, aliases) {
            byName = previous.byName
            slugs = previous.slugs
            return
        }
        slugs = KnownSlugs()
        let notes = pages.values.filter { $0.file != nil }.sorted { $0.path < $1.path }
        let names = notes.concurrentMap { Names(of: $0) }
        // Names that say more come first: a title before a file's name, before an old address.
        for (page, names) in zip(notes, names) { add(names.title, page.path) }
        for (page, names) in zip(notes, names) { for name in names.others { add(name, page.path) } }
        for (old, path) in aliases.sorted(by: { $0.key < $1.key }) {
            if let name = old.components.last { add(Slug.make(from: name), path) }
        }
    }

    /// What a page may be called, as slugs.
    private struct Names {
        let title: String
        let others: [String]

        init(of page: Page) {
            let file = page.file?.utf8.split(separator: UInt8(ascii: "/")).last?.split(separator: UInt8(ascii: ".")).first.map { Substring($0) }
            title = Slug.make(from: page.title)
            others = [file, page.path.components.last, page.heading.map { Substring($0) }].compactMap { $0.map { Slug.make(from: $0) } }
        }
    }

    private mutating func add(_ slug: String, _ path: PagePath) {
        guard !slug.isEmpty, byName[slug]?.contains(path) != true else { return }
        byName[slug, default: []].append(path)
    }

    /// The pages whose headings have changed since `previous`; links that lead to none of them lead where they led then.
    /// `nil` where any link may lead elsewhere now.
    func pagesWithOtherAnchors(since previous: LinkIndex) -> Set<PagePath>? {
        // The table of known slugs is handed on with the names, and only with them.
        guard slugs === previous.slugs, Self.areSame(previous.attachments, attachments), Self.areSame(previous.assets, assets) else { return nil }
        return Set(pages.lazy.filter { path, page in !(previous.pages[path].map { Self.haveSameAnchors($0, page) } ?? false) }.map(\.key))
    }

    private static func haveSameNames(_ first: [PagePath: Page], _ second: [PagePath: Page]) -> Bool {
        first.count == second.count
            && second.allSatisfy { path, page in
                guard let other = first[path] else { return false }
                return other.path.description.hasSameBytes(as: page.path.description) && other.title.hasSameBytes(as: page.title)
                    && other.file.hasSameBytes(as: page.file)
                    && other.heading.hasSameBytes(as: page.heading)
            }
    }

    private static func haveSameAnchors(_ first: Page, _ second: Page) -> Bool {
        first.headingID.hasSameBytes(as: second.headingID) && first.headings.count == second.headings.count
            && zip(first.headings, second.headings).allSatisfy { $0.id.hasSameBytes(as: $1.id) && $0.title.hasSameBytes(as: $1.title) }
    }

    private static func areSame(_ first: [PagePath: PagePath], _ second: [PagePath: PagePath]) -> Bool {
        first.count == second.count
            && second.allSatisfy { old, path in
                guard let place = first.index(forKey: old) else { return false }
                return first[place].key.description.hasSameBytes(as: old.description)
                    && first[place].value.description.hasSameBytes(as: path.description)
            }
    }

    private static func areSame(_ first: AssetCatalog, _ second: AssetCatalog) -> Bool {
        first.assets.count == second.assets.count
            && second.assets.allSatisfy { path, asset in
                guard let other = first[path] else { return false }
                return other.fingerprintedPath.hasSameBytes(as: asset.fingerprintedPath) && other.contentType == asset.contentType
                    && other.pixelSize == asset.pixelSize
            }
    }

    /// The page called `name`, or whose path ends with it; of several the one
    /// nearest to `origin`.
    func page(named name: String, from origin: PagePath) -> PagePath? {
        if name.utf8.contains(UInt8(ascii: "/")) {
            let wanted = PagePath(canonical: name)
            if pages[wanted]?.file != nil { return wanted }
            if let path = aliases[wanted] { return path }
            guard let last = wanted.components.last else { return nil }
            let ending = wanted.description
            let matching = (byName[String(last)] ?? []).filter { $0.description.hasSuffix(ending) }
            // `CI/CD Pipeline` is a title, not a path.
            return nearest(matching, to: origin) ?? nearest(byName[slugs.slug(of: name)] ?? [], to: origin)
        }
        let stem = Self.endsAsFile(name) ? String(name.dropLast(3)) : name
        return nearest(byName[slugs.slug(of: stem)] ?? [], to: origin)
    }

    private static func endsAsFile(_ name: String) -> Bool {
        guard let last = name.utf8.last, last | 0x20 == UInt8(ascii: "d") else { return false }
        return name.lowercased().hasSuffix(".md")
    }

    /// The most folders in common with `origin`; among equals, the first name that was added.
    private func nearest(_ paths: [PagePath], to origin: PagePath) -> PagePath? {
        // Most names are one page's.
        guard paths.count > 1 else { return paths.first }
        func shared(_ path: PagePath) -> Int { zip(path.components, origin.components).prefix { $0 == $1 }.count }
        var best: (path: PagePath, shared: Int)?
        for path in paths {
            let count = shared(path)
            if best.map({ count > $0.shared }) ?? true { best = (path, count) }
        }
        return best?.path
    }

    /// The anchor that `heading` names on a page: as it is, or by the heading's text.
    func anchor(_ heading: String, on path: PagePath) -> String? {
        guard let page = pages[path] else { return nil }
        let slug = HeadingSlugger.base(of: heading)
        let ids = page.headings.map(\.id) + [page.headingID].compactMap { $0 }
        return ids.first { $0 == heading } ?? ids.first { $0 == slug }
            ?? page.headings.first { $0.title.lowercased() == heading.lowercased() }?.id
    }
}

/// Slugs of names that were looked for, of which a site has few that it uses often.
private final class KnownSlugs: Sendable {
    private let slugs = Mutex<[String: String]>([:])

    func slug(of name: String) -> String {
        if let known = slugs.withLock({ $0[name] }) { return known }
        let slug = Slug.make(from: name)
        slugs.withLock { $0[name] = slug }
        return slug
    }
}

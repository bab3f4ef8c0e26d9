import Site

/// Computes what every response of a site is made from.
///
/// The digest of a page is one over what its template is filled with, with the
/// body's digest in the place of the body and its outline, and with what is shown of other pages in the place of the
/// links to them: a value that no template can show is in none, and a page is never rendered to learn whether it has changed.
struct ManifestBuilder: Sendable {
    private let documents: SiteDocuments
    private let site: SiteSnapshot
    private let hash: DigestFunction
    private let templates: [String: Digest]
    private let unchanged: UnchangedPages?
    /// Each with the digest that it had, if it is made from the same.
    private let pages: [(page: Page, known: Digest?)]
    /// Of the pages that have no such digest.
    private let sidebars: [SidebarGroup: Digest]

    init(_ documents: SiteDocuments, _ site: SiteSnapshot, _ hash: DigestFunction, after previous: PreviousManifest?) {
        self.documents = documents
        self.site = site
        self.hash = hash
        let unchanged = previous.flatMap { UnchangedPages(documents, site, since: $0, hash) }
        self.unchanged = unchanged
        templates = documents.templateDigests(hash)
        pages = Array(site.pages.values).concurrentMap { ($0, unchanged?.digest(of: $0)) }
        let groups = Array(Set(pages.filter { $0.known == nil }.compactMap { documents.sidebarGroup(of: $0.page.path, in: site) }))
        sidebars = Dictionary(uniqueKeysWithValues: zip(groups, groups.concurrentMap { documents.digest(of: $0, in: site, hash) }))
    }

    func build(assets: AssetCatalog) -> SiteManifest {
        let lists =
            [.tags, .wanted, .status, .atomFeed, .jsonFeed, .sitemap, .robots, .languageModels] + site.tags.map { Resource.tag(slug: $0.tag.slug) }
        // Lists first, some of which take as long as hundreds of pages, and nobody waits for the last of them.
        let entries = (0..<(lists.count + pages.count)).concurrentMap { index in
            if index < lists.count { return [SiteManifest.Entry(resource: lists[index], digest: digest(ofList: lists[index]))] }
            let (page, known) = pages[index - lists.count]
            var entries = [SiteManifest.Entry(resource: .page(page.path), digest: known ?? digest(of: page))]
            if let markdown = markdown(of: page) { entries.append(SiteManifest.Entry(resource: .markdown(page.path), digest: markdown)) }
            return entries
        }.flatMap { $0 }
        var redirects: [String: String] = [:]
        for (alias, path) in site.aliases where site.pages[alias]?.file == nil {
            redirects[alias.description] = path.description
            redirects[alias.markdownTwin] = path.markdownTwin
        }
        let files = assets.assets.merging(site.attachments.assets) { first, _ in first }
        return SiteManifest(
            entries: entries, redirects: redirects, assets: files.mapValues(\.fingerprint), hash: hash)
    }

    private func digest(of page: Page) -> Digest {
        let composition = documents.composition(of: page, in: site)
        var input = DigestInput("page")
        input.add(template(composition.template))
        input.add(site.bodies.digest(of: page))
        if let group = documents.sidebarGroup(of: page.path, in: site) {
            input.add(sidebars[group] ?? documents.digest(of: group, in: site, hash))
        }
        input.add(composition.context)
        input.add(links: documents.backlinks(of: page, in: site))
        input.add(children: site.children(of: page.path))
        return hash(input)
    }

    private func digest(ofList resource: Resource) -> Digest {
        // Feeds carry whole pages: they are written with each body's digest in its place.
        let bodies: (Page) -> String = { site.bodies.digest(of: $0).description }
        switch resource {
        case .page, .markdown: preconditionFailure("a page is no list")
        case .tags: return digest(of: documents.tagsComposition(in: site))
        case .tag(let slug):
            guard let tagged = site.tagged(slug) else { preconditionFailure("the tag is the site's") }
            return unchanged?.digest(of: tagged) ?? digest(of: documents.composition(of: tagged, in: site))
        case .wanted: return digest(of: documents.wantedComposition(in: site))
        case .status: return digest(of: documents.statusComposition(in: site))
        case .atomFeed: return digest("atom", AtomFeed.render(site, body: bodies))
        case .jsonFeed: return digest("json", JSONFeed.render(site, body: bodies))
        case .sitemap: return digest("sitemap", Sitemap.render(site))
        case .robots: return digest("robots", RobotsText.render(site))
        case .languageModels: return digest("llms", LanguageModelsText.render(site))
        }
    }

    private func digest(of composition: Composition) -> Digest {
        var input = DigestInput("list")
        input.add(template(composition.template))
        input.add(composition.context)
        return hash(input)
    }

    private func digest(_ kind: String, _ text: String) -> Digest {
        var input = DigestInput(kind)
        input.add(text)
        return hash(input)
    }

    private func markdown(of page: Page) -> Digest? {
        guard let source = site.bodies.sourceDigest(of: page) else { return nil }
        if let known = unchanged?.markdownDigest(of: page) { return known }
        var input = DigestInput("markdown")
        input.add(source)
        // Stands above a note that has no title of its own.
        input.add(page.title)
        input.add(site.settings.origin)
        return hash(input)
    }

    private func template(_ name: String) -> Digest {
        // A template that is not there is rendered as nothing, and has a digest all the same.
        templates[name] ?? documents.digest(ofTemplate: name, hash)
    }
}

extension SiteDocuments {
    /// Over the sidebar that the pages of `group` have, no page marked.
    func digest(of group: SidebarGroup, in site: SiteSnapshot, _ hash: DigestFunction) -> Digest {
        var input = DigestInput("sidebar")
        input.add(sidebar(group, current: nil, site))
        return hash(input)
    }
}

extension DigestInput {
    /// What a page shows of each of `pages` where it links to it. A page has hundreds of links, and contexts of their own would
    /// cost more than all the rest.
    fileprivate mutating func add(links pages: [Page]) {
        add(pages.count)
        for page in pages {
            add(page.title)
            add(page.path.description)
        }
    }

    /// What a folder shows of each page in it.
    fileprivate mutating func add(children pages: [Page]) {
        add(links: pages)
        for page in pages { add(page.summary) }
    }

    /// What a template is filled with. The order is the program's, and the same for every page of a kind.
    fileprivate mutating func add(_ context: TemplateContext) {
        add(context.entries.count)
        for entry in context.entries {
            add(entry.name)
            add(entry.value)
        }
    }

    private mutating func add(_ value: TemplateValue) {
        switch value {
        case .text(let text):
            add(1)
            add(text)
        case .flag(let flag):
            add(2)
            add(flag)
        case .number(let number):
            add(3)
            add(number)
        case .list(let list):
            add(4)
            add(list.count)
            for item in list { add(item) }
        case .context(let context):
            add(5)
            add(context)
        case .mark: preconditionFailure("a mark stands in fragments alone, which have no digest")
        }
    }
}

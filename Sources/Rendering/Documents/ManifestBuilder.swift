import Site

/// Computes what every response of a site is made from.
///
/// The digest of a page is one over what its template is filled with, with the
/// body's digest in the body's place: a value that no template can show is in none,
/// and a page is never rendered to learn whether it has changed.
struct ManifestBuilder {
    private let documents: SiteDocuments
    private let site: SiteSnapshot
    private let hash: DigestFunction
    private var templates: [String: Digest] = [:]
    private var sidebars: [SidebarGroup: Digest] = [:]

    init(_ documents: SiteDocuments, _ site: SiteSnapshot, _ hash: DigestFunction) {
        self.documents = documents
        self.site = site
        self.hash = hash
    }

    mutating func build(assets: AssetCatalog) -> SiteManifest {
        var entries: [SiteManifest.Entry] = []
        func add(_ resource: Resource, _ digest: Digest) { entries.append(SiteManifest.Entry(resource: resource, digest: digest)) }
        for page in site.pages.values {
            add(.page(page.path), digest(of: page))
            if let markdown = markdown(of: page) { add(.markdown(page.path), markdown) }
        }
        add(.tags, digest(of: documents.tagsComposition(in: site)))
        for tagged in site.tags { add(.tag(slug: tagged.tag.slug), digest(of: documents.composition(of: tagged, in: site))) }
        add(.wanted, digest(of: documents.wantedComposition(in: site)))
        // Feeds carry whole pages: they are written with each body's digest in its place.
        let bodies: (Page) -> String = { [site] in site.bodies.digest(of: $0).description }
        add(.atomFeed, hash(text("atom", AtomFeed.render(site, body: bodies))))
        add(.jsonFeed, hash(text("json", JSONFeed.render(site, body: bodies))))
        add(.sitemap, hash(text("sitemap", Sitemap.render(site))))
        add(.robots, hash(text("robots", RobotsText.render(site))))
        add(.languageModels, hash(text("llms", LanguageModelsText.render(site))))
        var redirects: [String: String] = [:]
        for (alias, path) in site.aliases where site.pages[alias]?.file == nil {
            redirects[alias.description] = path.description
            redirects[alias.markdownTwin] = path.markdownTwin
        }
        let files = assets.assets.merging(site.attachments.assets) { first, _ in first }
        return SiteManifest(
            entries: entries, redirects: redirects, assets: files.mapValues(\.fingerprint), hash: hash)
    }

    private mutating func digest(of page: Page) -> Digest {
        let composition = documents.composition(of: page, in: site)
        var input = DigestInput("page")
        input.add(template(composition.template))
        input.add(site.bodies.digest(of: page))
        if let group = documents.sidebarGroup(of: page.path, in: site) { input.add(sidebar(group)) }
        input.add(composition.context)
        return hash(input)
    }

    private mutating func digest(of composition: Composition) -> Digest {
        var input = DigestInput("list")
        input.add(template(composition.template))
        input.add(composition.context)
        return hash(input)
    }

    private func markdown(of page: Page) -> Digest? {
        guard let source = site.bodies.sourceDigest(of: page) else { return nil }
        var input = DigestInput("markdown")
        input.add(source)
        // Stands above a note that has no title of its own.
        input.add(page.title)
        input.add(site.settings.origin)
        return hash(input)
    }

    private mutating func template(_ name: String) -> Digest {
        if let known = templates[name] { return known }
        let digest = documents.digest(ofTemplate: name, hash)
        templates[name] = digest
        return digest
    }

    private mutating func sidebar(_ group: SidebarGroup) -> Digest {
        if let known = sidebars[group] { return known }
        var input = DigestInput("sidebar")
        input.add(documents.sidebar(group, current: nil, site))
        let digest = hash(input)
        sidebars[group] = digest
        return digest
    }

    private func text(_ kind: String, _ text: String) -> DigestInput {
        var input = DigestInput(kind)
        input.add(text)
        return input
    }
}

extension DigestInput {
    /// What a template is filled with, in an order that does not depend on hashing.
    fileprivate mutating func add(_ context: [String: Any]) {
        add(context.count)
        for (key, value) in context.sorted(by: { $0.key < $1.key }) {
            add(key)
            add(value: value)
        }
    }

    private mutating func add(value: Any) {
        switch value {
        case let text as String:
            add(1)
            add(text)
        case let flag as Bool:
            add(2)
            add(flag)
        case let number as Int:
            add(3)
            add(number)
        case let list as [[String: Any]]:
            add(4)
            add(list.count)
            for item in list { add(item) }
        case let context as [String: Any]:
            add(5)
            add(context)
        default: preconditionFailure("a template is filled with \(type(of: value)), which no digest knows")
        }
    }
}

public import Site

/// A response's text, and what is said of it.
public struct Document: Sendable {
    /// What is said of a response; known without its text.
    public struct Head: Sendable {
        public let contentType: String
        public let cacheControl: String
        /// The address of the page that this is another form of.
        public let canonical: String?
        /// Whether another representation stands at the same address.
        public let isNegotiated: Bool
    }

    public let head: Head
    public let text: String
}

extension SiteDocuments {
    /// What every response of `site` is made from.
    ///
    /// - Parameter previous: a manifest that was made before, and of what; what is made from the same is not computed again.
    public func manifest(of site: SiteSnapshot, hash: DigestFunction, after previous: PreviousManifest? = nil) -> SiteManifest {
        ManifestBuilder(self, site, hash, after: previous).build(assets: assets)
    }

    /// Makes the response that `resource` stands for; `nil` where the site has none such.
    public func document(_ resource: Resource, in site: SiteSnapshot) -> Document? {
        text(resource, in: site).map { Document(head: head(of: resource, in: site), text: $0) }
    }

    /// What is said of the response that `resource` stands for, if there is one.
    public func head(of resource: Resource, in site: SiteSnapshot) -> Document.Head {
        switch resource {
        case .page, .tags, .tag, .wanted, .status:
            Document.Head(contentType: "text/html; charset=utf-8", cacheControl: "no-cache", canonical: nil, isNegotiated: true)
        case .markdown(let path):
            Document.Head(
                contentType: "text/markdown; charset=utf-8", cacheControl: "no-cache",
                canonical: site.settings.origin + PercentEncoding.encodePath(path.description), isNegotiated: true)
        case .atomFeed: plain("application/atom+xml; charset=utf-8")
        case .jsonFeed: plain("application/feed+json; charset=utf-8")
        case .sitemap: plain("application/xml; charset=utf-8")
        case .robots, .languageModels: plain("text/plain; charset=utf-8")
        }
    }

    private func plain(_ type: String) -> Document.Head {
        Document.Head(contentType: type, cacheControl: "public, max-age=300", canonical: nil, isNegotiated: false)
    }

    private func text(_ resource: Resource, in site: SiteSnapshot) -> String? {
        switch resource {
        case .page(let path): site.pages[path].map { page($0, in: site) }
        case .markdown(let path): site.pages[path].flatMap { site.bodies.markdown(of: $0) }
        case .tags: tags(in: site)
        case .tag(let slug): site.tagged(slug).map { tag($0, in: site) }
        case .wanted: wanted(in: site)
        case .status: status(in: site)
        case .atomFeed: AtomFeed.render(site)
        case .jsonFeed: JSONFeed.render(site)
        case .sitemap: Sitemap.render(site)
        case .robots: RobotsText.render(site)
        case .languageModels: LanguageModelsText.render(site)
        }
    }

    /// Names of the template of `page` and of all that it includes.
    public func templates(of page: Page, in site: SiteSnapshot) -> [String] {
        templateNames(reachedFrom: composition(of: page, in: site).template)
    }

    /// Pages whose titles or summaries stand on `page`, its sidebar aside: a change of theirs changes it.
    public func pagesShown(on page: Page, in site: SiteSnapshot) -> [PagePath] {
        let neighbours = site.neighbours(of: page.path)
        let shown =
            site.trail(to: page.path).map(\.path) + [neighbours.previous, neighbours.next].compactMap { $0?.path }
            + (site.children[page.path] ?? []) + (site.backlinks[page.path] ?? []) + page.related.compactMap(\.path)
        return Set(shown).subtracting([page.path]).sorted()
    }
}

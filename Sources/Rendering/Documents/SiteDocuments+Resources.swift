public import Site

/// A response's text, and what is said of it.
public struct Document: Sendable {
    public let contentType: String
    public let cacheControl: String
    /// The address of the page that this is another form of.
    public let canonical: String?
    /// Whether another representation stands at the same address.
    public let isNegotiated: Bool
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
        switch resource {
        case .page(let path): site.pages[path].map { html(page($0, in: site)) }
        case .markdown(let path): site.pages[path].flatMap { markdown(of: $0, in: site) }
        case .tags: html(tags(in: site))
        case .tag(let slug): site.tagged(slug).map { html(tag($0, in: site)) }
        case .wanted: html(wanted(in: site))
        case .status: html(status(in: site))
        case .atomFeed: plain("application/atom+xml; charset=utf-8", AtomFeed.render(site))
        case .jsonFeed: plain("application/feed+json; charset=utf-8", JSONFeed.render(site))
        case .sitemap: plain("application/xml; charset=utf-8", Sitemap.render(site))
        case .robots: plain("text/plain; charset=utf-8", RobotsText.render(site))
        case .languageModels: plain("text/plain; charset=utf-8", LanguageModelsText.render(site))
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

    private func html(_ text: String) -> Document {
        Document(contentType: "text/html; charset=utf-8", cacheControl: "no-cache", canonical: nil, isNegotiated: true, text: text)
    }

    private func markdown(of page: Page, in site: SiteSnapshot) -> Document? {
        guard let text = site.bodies.markdown(of: page) else { return nil }
        let url = site.settings.origin + PercentEncoding.encodePath(page.path.description)
        return Document(contentType: "text/markdown; charset=utf-8", cacheControl: "no-cache", canonical: url, isNegotiated: true, text: text)
    }

    private func plain(_ type: String, _ text: String) -> Document {
        Document(contentType: type, cacheControl: "public, max-age=300", canonical: nil, isNegotiated: false, text: text)
    }
}

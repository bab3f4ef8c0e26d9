import FoundationEssentials
import Site

/// A page as feeds carry it: whole, with every address absolute.
struct FeedEntry {
    let url: String
    let title: String
    let summary: String
    let html: String
    let published: Date
    let updated: Date
    let tags: [String]

    /// The newest pages first, at most 20.
    ///
    /// - Parameter body: what stands for a page's body.
    static func entries(of site: SiteSnapshot, body: (Page) -> String) -> [FeedEntry] {
        site.recentPages(limit: 20).map { page in
            let updated = page.lastChange ?? .distantPast
            return FeedEntry(
                url: site.settings.origin + PercentEncoding.encodePath(page.path.description), title: page.title, summary: page.summary,
                html: absolute(body(page), origin: site.settings.origin, page: page), published: page.created ?? updated,
                updated: updated, tags: page.tags.map(\.title))
        }
    }

    /// Readers show an entry far from its page, where `/docs` and `#top` lead nowhere.
    private static func absolute(_ html: String, origin: String, page: Page) -> String {
        html.replacing("href=\"/", with: "href=\"\(origin)/")
            .replacing("src=\"/", with: "src=\"\(origin)/")
            .replacing("href=\"#", with: "href=\"\(origin)\(PercentEncoding.encodePath(page.path.description))#")
    }
}

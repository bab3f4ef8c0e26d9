import FoundationEssentials
public import Site

/// `sitemap.xml` (sitemaps.org 0.9): every page that search engines may list.
public enum Sitemap {
    /// The protocol's limit of addresses in one file.
    private static let mostEntries = 50_000

    public static func render(_ site: SiteSnapshot) -> String {
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
        let pages = site.pages.values.filter { !$0.isHiddenFromSearch && !$0.isDraft }.sorted { $0.path < $1.path }
        for page in pages.prefix(mostEntries) {
            let url = site.settings.origin + (page.path.isRoot ? "/" : PercentEncoding.encodePath(page.path.description))
            xml += "<url><loc>\(XMLText.escape(url))</loc>"
            if let date = page.lastChange { xml += "<lastmod>\(DateText(date).isoDay)</lastmod>" }
            xml += "</url>\n"
        }
        return xml + "</urlset>\n"
    }
}

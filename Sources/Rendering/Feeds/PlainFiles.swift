public import Site

/// `robots.txt` (RFC 9309).
public enum RobotsText {
    public static func render(_ site: SiteSnapshot) -> String {
        """
        User-agent: *
        Disallow: /api/
        Disallow: /wanted

        Sitemap: \(site.settings.origin)\(OwnPaths.sitemap)

        """
    }
}

/// `llms.txt` (llmstxt.org): the pages as programs may read them, in Markdown.
public enum LanguageModelsText {
    public static func render(_ site: SiteSnapshot) -> String {
        let settings = site.settings
        var text = "# \(settings.title)\n\n"
        if !settings.description.isEmpty { text += "> \(settings.description)\n\n" }
        let notes = site.pages.values.filter { $0.file != nil && !$0.isHiddenFromSearch && !$0.isDraft }.sorted { $0.path < $1.path }
        let sections = Dictionary(grouping: notes) { site.section(of: $0.path) ?? .root }
        for (section, pages) in sections.sorted(by: { $0.key < $1.key }) {
            text += "## \(section.isRoot ? "Pages" : site.pages[section]?.title ?? section.description)\n\n"
            for page in pages {
                text += "- [\(page.title)](\(settings.origin)\(PercentEncoding.encodePath(page.path.markdownTwin)))"
                text += page.summary.isEmpty ? "\n" : ": \(page.summary)\n"
            }
            text += "\n"
        }
        return text
    }
}

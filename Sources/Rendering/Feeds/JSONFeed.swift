import FoundationEssentials
public import Site

/// The feed as JSON Feed 1.1 (jsonfeed.org).
public enum JSONFeed {
    public static func render(_ site: SiteSnapshot) -> String { render(site) { site.bodies.body(of: $0).html } }

    static func render(_ site: SiteSnapshot, body: (Page) -> String) -> String {
        let settings = site.settings
        let items = FeedEntry.entries(of: site, body: body).map { entry in
            let tags = entry.tags.map { "\"\(JSONText.escape($0))\"" }.joined(separator: ",")
            return """
                {"id":"\(JSONText.escape(entry.url))","url":"\(JSONText.escape(entry.url))","title":"\(JSONText.escape(entry.title))",\
                "summary":"\(JSONText.escape(entry.summary))","date_published":"\(DateText(entry.published).isoMoment)",\
                "date_modified":"\(DateText(entry.updated).isoMoment)","tags":[\(tags)],"content_html":"\(JSONText.escape(entry.html))"}
                """
        }
        return """
            {"version":"https://jsonfeed.org/version/1.1","title":"\(JSONText.escape(settings.title))",\
            "description":"\(JSONText.escape(settings.description))","home_page_url":"\(JSONText.escape(settings.origin))/",\
            "feed_url":"\(JSONText.escape(settings.origin))\(OwnPaths.jsonFeed)","language":"\(JSONText.escape(settings.language))",\
            "items":[\(items.joined(separator: ","))]}

            """
    }
}

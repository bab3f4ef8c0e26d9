import FoundationEssentials
public import Site

/// The feed as Atom (RFC 4287).
public enum AtomFeed {
    public static func render(_ site: SiteSnapshot) -> String { render(site) { site.bodies.body(of: $0).html } }

    static func render(_ site: SiteSnapshot, body: (Page) -> String) -> String {
        let settings = site.settings
        let entries = FeedEntry.entries(of: site, body: body)
        // A feed must name a moment; without entries it is one that every replica names.
        let updated = entries.first?.updated ?? Date(timeIntervalSince1970: 0)
        var xml = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(XMLText.escape(settings.language))">
            <title>\(XMLText.escape(settings.title))</title>
            <subtitle>\(XMLText.escape(settings.description))</subtitle>
            <id>\(XMLText.escape(settings.origin))/</id>
            <link rel="self" type="application/atom+xml" href="\(XMLText.escape(settings.origin))\(OwnPaths.atomFeed)"/>
            <link rel="alternate" type="text/html" href="\(XMLText.escape(settings.origin))/"/>
            <updated>\(DateText(updated).isoMoment)</updated>
            <author><name>\(XMLText.escape(settings.author.isEmpty ? settings.title : settings.author))</name></author>

            """
        for entry in entries {
            xml += """
                <entry>
                <title>\(XMLText.escape(entry.title))</title>
                <id>\(XMLText.escape(entry.url))</id>
                <link rel="alternate" type="text/html" href="\(XMLText.escape(entry.url))"/>
                <published>\(DateText(entry.published).isoMoment)</published>
                <updated>\(DateText(entry.updated).isoMoment)</updated>

                """
            for tag in entry.tags { xml += "<category term=\"\(XMLText.escape(tag))\"/>\n" }
            xml += """
                <summary>\(XMLText.escape(entry.summary))</summary>
                <content type="html">\(XMLText.escape(entry.html))</content>
                </entry>

                """
        }
        return xml + "</feed>\n"
    }
}

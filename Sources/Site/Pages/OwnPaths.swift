/// Addresses that the site answers itself; a note cannot take them.
public enum OwnPaths {
    public static let tags = PagePath(components: ["tags"])
    public static let wanted = PagePath(components: ["wanted"])
    public static let contact = PagePath(components: ["contact"])
    public static let status = PagePath(components: ["status"])
    public static let atomFeed = "/feed.xml"
    public static let jsonFeed = "/feed.json"
    public static let sitemap = "/sitemap.xml"
    public static let robots = "/robots.txt"
    public static let languageModels = "/llms.txt"

    /// Whether a note at `path` would never be reached.
    public static func owns(_ path: PagePath) -> Bool {
        guard let first = path.components.first else { return false }
        return [
            "tags", "wanted", "contact", "sign-in", "sign-out", "sign-up", "reset", "account", "admin", "dashboard", "status", "api", "healthz",
            "readyz", "_dev",
        ]
        .contains(first)
    }

    /// Whether a link to `path` finds something although no note is there.
    public static func answers(_ path: String) -> Bool {
        [
            tags.description, wanted.description, contact.description, atomFeed, jsonFeed, sitemap, robots, languageModels, "/healthz", "/readyz",
            "/sign-in", "/account", "/account/sessions", "/dashboard", status.description, "/status/parts",
        ]
        .contains(path)
    }
}

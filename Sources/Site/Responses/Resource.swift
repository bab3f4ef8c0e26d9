/// What the site answers with at an address, assets and redirects aside.
public enum Resource: Hashable, Sendable {
    case page(PagePath)
    /// A page's Markdown.
    case markdown(PagePath)
    case tags
    case tag(slug: String)
    case wanted
    /// Whether the stack works; what it is in this moment is put in by the browser.
    case status
    case atomFeed
    case jsonFeed
    case sitemap
    case robots
    case languageModels

    /// Where it is, percent-escapes decoded: `/docs/a`.
    public var address: String {
        switch self {
        case .page(let path): path.description
        case .markdown(let path): path.markdownTwin
        case .tags: OwnPaths.tags.description
        case .tag(let slug): "\(OwnPaths.tags)/\(slug)"
        case .wanted: OwnPaths.wanted.description
        case .status: OwnPaths.status.description
        case .atomFeed: OwnPaths.atomFeed
        case .jsonFeed: OwnPaths.jsonFeed
        case .sitemap: OwnPaths.sitemap
        case .robots: OwnPaths.robots
        case .languageModels: OwnPaths.languageModels
        }
    }
}

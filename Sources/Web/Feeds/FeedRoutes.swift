import Hummingbird
import Rendering
import Site

/// What programs read: feeds, the sitemap, `robots.txt`, `llms.txt`.
struct FeedRoutes: Sendable {
    let site: PublishedSite

    func atom(_ request: Request, _ context: WebContext) -> Response { answer("application/atom+xml; charset=utf-8", AtomFeed.render) }
    func json(_ request: Request, _ context: WebContext) -> Response { answer("application/feed+json; charset=utf-8", JSONFeed.render) }
    func sitemap(_ request: Request, _ context: WebContext) -> Response { answer("application/xml; charset=utf-8", Sitemap.render) }
    func robots(_ request: Request, _ context: WebContext) -> Response { answer("text/plain; charset=utf-8", RobotsText.render) }
    func languageModels(_ request: Request, _ context: WebContext) -> Response {
        answer("text/plain; charset=utf-8", LanguageModelsText.render)
    }

    private func answer(_ type: String, _ render: (SiteSnapshot) -> String) -> Response {
        .text(render(site.current.site), type: type, headers: [.cacheControl: "public, max-age=300"])
    }
}

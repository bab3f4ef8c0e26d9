import HTTPTypes
import Hummingbird
import NIOCore
import Rendering
import Site

/// Pages, their Markdown twins, files beside them, and the redirects to where they are now.
struct PageRoutes: Sendable {
    let site: PublishedSite

    /// Any path that no other route has.
    func any(_ request: Request, _ context: WebContext) throws -> Response {
        let edition = site.current
        let spelling = PercentEncoding.decode(request.uri.path)
        if let asset = edition.assets.response(to: request, at: spelling) { return asset }
        if spelling.lowercased().hasSuffix(".md"), let twin = twin(spelling, request, edition) { return twin }
        guard isSpelling(spelling) else { throw WebError.notFound }
        let path = PagePath(canonical: spelling)
        if let target = edition.site.aliases[path], edition.site.pages[path]?.file == nil { return redirect(to: target.description, request) }
        guard let page = edition.site.pages[path] else {
            if spelling != path.description, OwnPaths.answers(path.description) { return redirect(to: path.description, request) }
            throw WebError.notFound
        }
        guard spelling == path.description else { return redirect(to: path.description, request) }
        let accept = AcceptHeader(request.headers[.accept])
        if accept.prefers("text/markdown", to: "text/html"), let markdown = edition.site.bodies.markdown(of: page) {
            return .markdown(markdown, page: page, in: edition.site)
        }
        return .page(edition.documents.page(page, in: edition.site))
    }

    func tags(_ request: Request, _ context: WebContext) -> Response {
        let edition = site.current
        return .page(edition.documents.tags(in: edition.site))
    }

    func tag(_ request: Request, _ context: WebContext) throws -> Response {
        let edition = site.current
        let spelling = PercentEncoding.decode(request.uri.path)
        let path = PagePath(canonical: spelling)
        guard let slug = path.components.last, path.parent == OwnPaths.tags, let tagged = edition.site.tagged(slug) else { throw WebError.notFound }
        guard spelling == path.description else { return redirect(to: path.description, request) }
        return .page(edition.documents.tag(tagged, in: edition.site))
    }

    func wanted(_ request: Request, _ context: WebContext) -> Response {
        let edition = site.current
        return .page(edition.documents.wanted(in: edition.site))
    }

    /// Whether every part of a path is one of an address: nothing that would
    /// fold away and lead somewhere else.
    private func isSpelling(_ path: String) -> Bool {
        !path.unicodeScalars.contains { $0.properties.generalCategory == .control }
            && path.split(separator: "/").allSatisfy { !Slug.make(from: $0).isEmpty }
    }

    private func twin(_ spelling: String, _ request: Request, _ edition: Edition) -> Response? {
        let path = PagePath(canonical: spelling)
        guard let page = edition.site.pages[path], let markdown = edition.site.bodies.markdown(of: page) else {
            return edition.site.aliases[path].map { redirect(to: $0.markdownTwin, request) }
        }
        guard spelling == path.markdownTwin else { return redirect(to: path.markdownTwin, request) }
        return .markdown(markdown, page: page, in: edition.site)
    }

    /// 301 within the site; the query goes along.
    private func redirect(to path: String, _ request: Request) -> Response {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return Response(
            status: .movedPermanently, headers: [.location: PercentEncoding.encodePath(path) + query, .cacheControl: "public, max-age=3600"])
    }
}

extension Response {
    /// A document that browsers ask for again before they show it again.
    static func page(_ html: String, status: HTTPResponse.Status = .ok, cacheControl: String = "no-cache") -> Response {
        text(html, type: "text/html; charset=utf-8", status: status, headers: [.cacheControl: cacheControl, .vary: "Accept"])
    }

    /// A page's Markdown, which names the page as its canonical form.
    static func markdown(_ text: String, page: Page, in site: SiteSnapshot) -> Response {
        let url = site.settings.origin + PercentEncoding.encodePath(page.path.description)
        return self.text(
            text, type: "text/markdown; charset=utf-8", headers: [.cacheControl: "no-cache", .vary: "Accept", .link: "<\(url)>; rel=\"canonical\""])
    }

    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let link = HTTPField.Name("Link")!
    /// Set by the edge; what a client sends under this name never gets here.
    static let requestID = HTTPField.Name("X-Request-ID")!
}

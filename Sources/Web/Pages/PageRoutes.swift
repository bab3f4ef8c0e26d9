import HTTPTypes
import Hummingbird
import NIOCore
import PageCache
import Rendering
import Site

/// Pages, their Markdown twins, lists, feeds and files, and the redirects to where they are now.
struct PageRoutes: Sendable {
    let site: PublishedSite
    let operators: OperatorAccess

    /// Any path that no other route has.
    func any(_ request: Request, _ context: WebContext) async throws -> Response {
        let edition = site.current
        let spelling = PercentEncoding.decode(request.uri.path)
        if request.uri.query == "why", operators.isAllowed(request, context), let explanation = site.explanation(of: spelling) {
            return try explain(explanation, request)
        }
        if let asset = edition.assets.responses[spelling] { return Response(asset, to: request, .hit) }
        if let entry = edition.manifest.entries[spelling] { return try await answer(entry.resource, request, context, edition) }
        guard isSpelling(spelling) else { throw WebError.notFound }
        let path = PagePath(canonical: spelling)
        if let twin = twin(path, spelling, edition) { return redirect(to: twin, request) }
        if let target = edition.manifest.redirects[path.description] { return redirect(to: target, request) }
        // Another spelling of an address that is one.
        guard edition.manifest.entries[path.description] != nil || OwnPaths.answers(path.description), spelling != path.description else {
            throw WebError.notFound
        }
        return redirect(to: path.description, request)
    }

    /// What an operator learns with `?why`; for everybody else that is a query like any other.
    private func explain(_ explanation: Explanation, _ request: Request) throws -> Response {
        if AcceptHeader(request.headers[.accept]).prefers("application/json", to: "text/plain") {
            return .text(try explanation.json, type: "application/json", headers: [.cacheControl: "no-store"])
        }
        return .text(explanation.text(), type: "text/plain; charset=utf-8", headers: [.cacheControl: "no-store"])
    }

    private func answer(_ resource: Resource, _ request: Request, _ context: WebContext, _ edition: Edition) async throws -> Response {
        var resource = resource
        if case .page(let path) = resource, AcceptHeader(request.headers[.accept]).prefers("text/markdown", to: "text/html"),
            edition.manifest.entries[path.markdownTwin] != nil
        {
            resource = .markdown(path)
        }
        if !context.mayBePersonal, let unchanged = site.unchanged(resource, request, in: edition) { return unchanged }
        let (prepared, status) = try await site.response(to: resource, CachePolicy.Request(request), in: edition)
        return context.mayBePersonal && prepared.isDocument ? Response(shell: prepared, status) : Response(prepared, to: request, status)
    }

    /// Where the Markdown of a page is for those who spell it otherwise.
    private func twin(_ path: PagePath, _ spelling: String, _ edition: Edition) -> String? {
        guard spelling.lowercased().hasSuffix(".md") else { return nil }
        let page = edition.site.aliases[path] ?? path
        return edition.manifest.entries[page.markdownTwin] == nil ? nil : page.markdownTwin
    }

    /// Whether every part of a path is one of an address: nothing that would
    /// fold away and lead somewhere else.
    private func isSpelling(_ path: String) -> Bool {
        !path.unicodeScalars.contains { $0.properties.generalCategory == .control }
            && path.split(separator: "/").allSatisfy { !Slug.make(from: $0).isEmpty }
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

    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    /// Set by the edge; what a client sends under this name never gets here.
    static let requestID = HTTPField.Name("X-Request-ID")!
}

extension CachePolicy.Request {
    init(_ request: Request) {
        let headers = request.headers
        self.init(
            method: request.method.rawValue, hasQuery: request.uri.query != nil, hasRange: headers[.range] != nil,
            isConditional: [.ifNoneMatch, .ifMatch, .ifModifiedSince, .ifUnmodifiedSince].contains { headers[$0] != nil },
            isPersonal: headers[.authorization] != nil)
    }
}

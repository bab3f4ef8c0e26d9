import HTTPTypes
import Hummingbird

/// Refuses what another site's page had a browser send, before anything is read of it.
struct OriginMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let gatekeeper: Gatekeeper

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        // The methods that change nothing (RFC 9110, section 9.2.1).
        if ![.get, .head, .options, .trace].contains(request.method) { try gatekeeper.checkOrigin(request) }
        return try await next(request, context)
    }
}

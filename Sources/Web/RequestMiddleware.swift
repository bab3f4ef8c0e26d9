import HTTPTypes
import Hummingbird

/// Takes the request's id from the edge, which sets it on every request.
struct RequestMiddleware: RouterMiddleware {
    typealias Context = WebContext

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var context = context
        context.requestID = request.headers[.requestID] ?? "-"
        return try await next(request, context)
    }
}

import HTTPTypes
import Hummingbird

/// What every answer carries: a request id, and the headers that keep a page to
/// itself. An answer to HEAD loses its body here, where its head is complete.
struct ResponseHeadersMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let makeRequestID: @Sendable () -> String

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var context = context
        context.requestID = makeRequestID()
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        for (name, value) in Self.fields { response.headers[name] = value }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// Pages have no inline script and no inline style, so one policy fits all and pages can be cached.
    private static let fields: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
            manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
            require-trusted-types-for 'script'; trusted-types 'none'
            """
        ),
        (.xContentTypeOptions, "nosniff"),
        (HTTPField.Name("Referrer-Policy")!, "strict-origin-when-cross-origin"),
        (HTTPField.Name("Cross-Origin-Opener-Policy")!, "same-origin"),
        (HTTPField.Name("Cross-Origin-Embedder-Policy")!, "require-corp"),
        (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
        (HTTPField.Name("Permissions-Policy")!, "camera=(), geolocation=(), microphone=()"),
    ]
}

import HTTPTypes
import Hummingbird
import Logging
import Site

/// The first and last to see a request: takes its id from the edge, learns who
/// sent it, and counts it.
struct RequestMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let proxies: TrustedProxies
    let observation: Observation

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var context = context
        context.requestID = request.headers[.requestID] ?? "-"
        context.clientAddress = proxies.client(peer: context.peerAddress, forwardedFor: request.headers[values: .forwardedFor])?.text
        context.logger[metadataKey: "request.id"] = "\(context.requestID)"
        let start = observation.now()
        let response = try await next(request, context)
        observation.record(response.status.code, request.method.rawValue, context.endpointPath ?? "none", observation.now() - start)
        return response
    }
}

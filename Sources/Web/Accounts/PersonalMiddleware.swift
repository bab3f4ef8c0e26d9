import ContentCoding
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import Site

/// Puts the menu of whoever is signed in into pages that are the same for everybody, and keeps other sites' pages from
/// having a browser do something with its session.
struct PersonalMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let pages: PersonalPages
    /// How long a page waits for the name of whoever looks at it.
    private static let patience = Duration.seconds(1)

    private struct Found {
        let bearer: SessionBearer?
    }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        guard pages.cookie.isSent(request) else { return try await next(request, context) }
        var context = context
        context.mayBePersonal = true
        var response = try await next(request, context)
        // What was made for one person has the menu already.
        guard response.headers[.cacheControl]?.contains("private") != true, response.headers[.contentType]?.hasPrefix("text/html") == true
        else { return response }
        let bearer: SessionBearer?
        do {
            let (accounts, address) = (pages.accounts, context.clientAddress)
            if let token = pages.cookie.token(request) {
                let found = try await Patience.wait(Self.patience) { Found(bearer: try await accounts.bearer(token, address: address)) }
                // The store is slow: the page is not.
                guard let found else { return response }
                bearer = found.bearer
            } else {
                bearer = nil
            }
        } catch let outage as StoreUnavailable {
            // Public pages need no store; whoever is signed in sees them as everybody does.
            context.logger.debug("Shown without a name: \(outage)")
            return response
        }
        guard let bearer else {
            // What the browser sends has ended. It keeps it: by now, another tab may have begun another session.
            response.headers[.cacheControl] = "no-store"
            return response
        }
        let collector = BodyCollector()
        try await response.body.write(collector)
        // An error is made anew each time, and not worth keeping.
        let address = response.status == .ok && response.headers[.cacheStatus] != nil ? PercentEncoding.decode(request.uri.path) : nil
        let answer = pages.answer(
            collector.buffer, at: address, for: bearer, AcceptedCodings(request.headers[.acceptEncoding] ?? ""))
        response.body = ResponseBody(byteBuffer: answer.body)
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.eTag] = nil
        if let coding = answer.coding {
            response.headers[.contentEncoding] = coding.rawValue
            response.headers[.vary] = response.headers[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        }
        return response
    }
}

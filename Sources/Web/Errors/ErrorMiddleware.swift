import Gateway
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import Rendering
import Site

/// Turns errors into answers, in this one place: a page for people,
/// `application/problem+json` (RFC 9457) for programs; the cause goes to the log.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let site: PublishedSite

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        do {
            return try await next(request, context)
        } catch is CancellationError {
            // The visitor went away; nobody is left to answer.
            throw CancellationError()
        } catch {
            let known = webError(error)
            if known.status.code >= 500, known.isLogged {
                context.logger.error(
                    "\(request.method) \(request.uri.path) failed: \(known.cause.map { "\($0)" } ?? known.message)")
            }
            return answer(known, request, context)
        }
    }

    private func webError(_ error: any Error) -> WebError {
        switch error {
        case let error as WebError: error
        case let error as StoreUnavailable: .accountsUnavailable(error)
        case let error as AccountProblem: WebError(error)
        case let error as GatewayProblem: WebError(error)
        case is UserConflict: WebError(.changedMeanwhile)
        case is PasswordHasherBusy: .tooManySignIns
        case let error as any HTTPResponseError where error.status == .notFound: .notFound
        case let error as any HTTPResponseError where error.status.code < 500:
            WebError(
                status: error.status, title: error.status.reasonPhrase, message: "The request was refused.", remedy: "Check it and try again.",
                cause: error)
        default: .internalError(error)
        }
    }

    private func answer(_ error: WebError, _ request: Request, _ context: WebContext) -> Response {
        let notice = ErrorNotice(
            status: error.status.code, title: error.title, message: error.message, remedy: error.remedy, requestID: context.requestID,
            type: error.type)
        let accept = AcceptHeader(request.headers[.accept])
        let wantsJSON = request.uri.path.hasPrefix("/api/") || accept.quality(of: "text/html") == 0 && accept.quality(of: "application/json") > 0
        var response: Response
        if !wantsJSON, let place = error.redirect {
            response = Response(status: .seeOther, headers: [.location: place, .cacheControl: "no-store"])
        } else if wantsJSON || accept.prefers("application/problem+json", to: "text/html") {
            response = .text(
                ProblemDetails.render(notice), type: "application/problem+json", status: error.status, headers: [.cacheControl: "no-store"])
        } else {
            let edition = site.current
            response = .page(edition.documents.error(notice, in: edition.site), status: error.status, cacheControl: "no-store")
        }
        for field in error.headers { response.headers[field.name] = field.value }
        return response
    }
}

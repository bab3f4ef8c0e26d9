import HTTPTypes

/// Why a request is refused, in words that its sender may read.
struct WebError: Error {
    var status: HTTPResponse.Status
    var title: String
    var message: String
    /// What the sender can do.
    var remedy: String
    var headers: HTTPFields = [:]
    /// Tells programs which error it is; a reference into `/api/openapi.json`.
    var type = "about:blank"
    /// Where people are sent instead of being shown the error.
    var redirect: String?
    /// Whether a failure of the site's (5xx) is worth a line in the log each time.
    var isLogged = true
    /// For the log only.
    var cause: (any Error)?

    static let notFound = WebError(
        status: .notFound, title: "Page not found", message: "There is no page at this address.",
        remedy: "Check the address, or start again from the home page.")

    static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> WebError {
        WebError(
            status: .methodNotAllowed, title: "Method not allowed", message: "This address does not answer \(method.rawValue).",
            remedy: "Use \(allowed.map(\.rawValue).joined(separator: ", ")).", headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
    }

    static func contentTooLarge(limit: Int) -> WebError {
        WebError(
            status: .contentTooLarge, title: "Too much at once", message: "The request is larger than \(limit / 1024) kB.",
            remedy: "Send a shorter text.")
    }

    static let foreignForm = WebError(
        status: .forbidden, title: "Sent from another site", message: "This form was sent from a page of another site.",
        remedy: "Open the form on this site and send it from there.")

    static let malformed = WebError(
        status: .badRequest, title: "The request cannot be read", message: "The form came in a shape that this site does not know.",
        remedy: "Send it as application/x-www-form-urlencoded.")

    /// Anything that nobody foresaw.
    static func internalError(_ cause: any Error) -> WebError {
        WebError(
            status: .internalServerError, title: "Something went wrong", message: "The site could not answer this request.",
            remedy: "Try again in a moment. If it stays, tell us the request number below.", cause: cause)
    }
}

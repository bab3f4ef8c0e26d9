import HTTPTypes
import Hummingbird
import Identity

/// Who may ask what the site tells of itself.
struct OperatorAccess: Sendable {
    let token: String?

    /// Whoever knows the token; without one, callers of this machine that no
    /// proxy has sent: a visitor's request comes from the loopback address too,
    /// but nginx says so in a field.
    ///
    /// - Throws: 403 for everybody else.
    func check(_ request: Request, _ context: WebContext) throws {
        guard isAllowed(request, context) else { throw WebError.operatorsOnly }
    }

    func isAllowed(_ request: Request, _ context: WebContext) -> Bool {
        if let token, let field = request.headers[.authorization] {
            return ConstantTime.areEqual(Array(field.utf8), Array("Bearer \(token)".utf8))
        }
        let isForwarded = request.headers.contains { field in
            let name = field.name.canonicalName
            return name.hasPrefix("x-forwarded-") || name == "forwarded" || name == "x-real-ip" || name == "via"
        }
        return context.peerAddress.flatMap { IPAddress($0) }?.isLoopback == true && !isForwarded
    }
}

extension WebError {
    static let operatorsOnly = WebError(
        status: .forbidden, title: "Not for everybody", message: "This is for callers of this machine.",
        remedy: "Ask from the machine itself, or send the token in LANDING_METRICS_TOKEN as a bearer.")
}

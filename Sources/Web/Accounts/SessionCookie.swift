import HTTPTypes
import Hummingbird
import Identity

/// The cookie that holds a session's token (OWASP, "Session Management").
struct SessionCookie: Sendable {
    /// `__Host-session` where the site has TLS: no other host, no other path and no plain connection can set it.
    let name: String
    private let isSecure: Bool

    /// - Parameter origin: the site's own, `https://agents.ddns.net`.
    init(origin: String) {
        isSecure = origin.hasPrefix("https://")
        name = isSecure ? "__Host-session" : "session"
    }

    func token(_ request: Request) -> SessionToken? { token(request.headers[values: .cookie]) }

    /// - Parameter fields: all `Cookie` fields of a request.
    func token(_ fields: [String]) -> SessionToken? { CookieHeader.value(of: name, in: fields).flatMap { SessionToken($0) } }

    /// Whether the browser sends something under the name, right or wrong.
    func isSent(_ request: Request) -> Bool { CookieHeader.value(of: name, in: request.headers[values: .cookie]) != nil }

    /// The value of `Set-Cookie`.
    ///
    /// - Parameter lifetime: seconds; the browser forgets it then by itself.
    func set(_ token: SessionToken, lifetime: Double) -> String { field(token.text, maxAge: Int(lifetime)) }

    /// The value of `Set-Cookie` that takes the cookie away.
    var clear: String { field("", maxAge: 0) }

    private func field(_ value: String, maxAge: Int) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(maxAge); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }
}

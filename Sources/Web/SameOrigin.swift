import HTTPTypes
import Hummingbird

/// Keeps other sites from sending this site's forms, without a token in the
/// page, so that a form can stand on a cached one (OWASP, "Fetch Metadata").
enum SameOrigin {
    /// - Parameter origin: the site's own, `https://agents.ddns.net`.
    static func allows(_ request: Request, origin: String) -> Bool {
        if let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!] { return site == "same-origin" || site == "none" }
        guard let sender = request.headers[.origin] else {
            // Neither field: not a browser of this decade, so no victim's cookies either.
            return true
        }
        if sender == origin { return true }
        // A page without TLS, which anybody on the way can write, is not a page of this site.
        guard !origin.hasPrefix("https://") || sender.hasPrefix("https://") else { return false }
        guard let host = request.head.authority, let slashes = sender.firstRange(of: "://") else { return false }
        return sender[slashes.upperBound...] == host
    }
}

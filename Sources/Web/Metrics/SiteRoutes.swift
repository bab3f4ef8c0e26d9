import FoundationEssentials
import HTTPTypes
import Hummingbird
import Site

/// What the site serves and by which digests, for `landing plan` and `landing why`.
struct SiteRoutes: Sendable {
    let site: PublishedSite
    let operators: OperatorAccess
    let generation: @Sendable () -> GenerationID?

    func summary(_ request: Request, _ context: WebContext) throws -> Response {
        try operators.check(request, context)
        let edition = site.current
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(SiteSummary(edition.manifest, of: edition.site, generation: generation()))
        return .text(String(decoding: json, as: UTF8.self), type: "application/json", headers: [.cacheControl: "no-store"])
    }
}

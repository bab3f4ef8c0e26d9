import Hummingbird
import Rendering
import Site

/// For supervisors and load balancers; neither asks any store.
struct HealthRoutes: Sendable {
    let site: PublishedSite
    /// What is wrong with the parts that the site can do without; by name, in words.
    let parts: @Sendable () -> [(name: String, state: String)]

    /// The process answers.
    func live(_ request: Request, _ context: WebContext) -> Response {
        .text("{\"status\":\"ok\"}\n", type: "application/json", headers: [.cacheControl: "no-store"])
    }

    /// The site is loaded and may be given visitors.
    func ready(_ request: Request, _ context: WebContext) -> Response {
        let site = site.current.site
        let errors = site.diagnostics.count { $0.severity == .error }
        let parts = parts().map { "\"\(JSONText.escape($0.name))\":\"\(JSONText.escape($0.state))\"" }.joined(separator: ",")
        return .text(
            "{\"status\":\"ready\",\"pages\":\(site.pages.count),\"errors\":\(errors),\"warnings\":\(site.diagnostics.count - errors),\"parts\":{\(parts)}}\n",
            type: "application/json", headers: [.cacheControl: "no-store"])
    }
}

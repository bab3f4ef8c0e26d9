import HTTPTypes
import Hummingbird

/// What the process counts, for Prometheus.
struct MetricsRoutes: Sendable {
    let observation: Observation

    func metrics(_ request: Request, _ context: WebContext) throws -> Response {
        guard isAllowed(request, context) else { throw WebError.metricsForbidden }
        return .text(
            observation.render(), type: "text/plain; version=0.0.4; charset=utf-8", headers: [.cacheControl: "no-store"])
    }

    /// Whoever knows the token; without one, callers of this machine that no
    /// proxy has sent: a visitor's request comes from the loopback address too,
    /// but nginx says so in a field.
    private func isAllowed(_ request: Request, _ context: WebContext) -> Bool {
        if let token = observation.metricsToken, let field = request.headers[.authorization] {
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
    static let metricsForbidden = WebError(
        status: .forbidden, title: "Not for everybody", message: "The metrics are for callers of this machine.",
        remedy: "Ask from the machine itself, or send the token in LANDING_METRICS_TOKEN as a bearer.")
}

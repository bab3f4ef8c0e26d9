import HTTPTypes
import Hummingbird

/// What the process counts, for Prometheus.
struct MetricsRoutes: Sendable {
    let observation: Observation
    let operators: OperatorAccess

    func metrics(_ request: Request, _ context: WebContext) throws -> Response {
        try operators.check(request, context)
        return .text(
            observation.render(), type: "text/plain; version=0.0.4; charset=utf-8", headers: [.cacheControl: "no-store"])
    }
}

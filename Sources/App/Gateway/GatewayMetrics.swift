import CoreMetrics
import Gateway
import Synchronization
import Telemetry

/// Calls of the gateway by route and status; as many series as the role table has lines.
final class GatewayMetrics: Sendable {
    private struct Name: Hashable {
        let route: String
        let status: Int
    }

    private let registry: PrometheusRegistry
    private let counters = Mutex<[Name: any CounterHandler]>([:])

    init(_ registry: PrometheusRegistry) { self.registry = registry }

    func record(_ call: GatewayCallRecord) {
        let name = Name(route: call.route, status: call.status)
        let counter = counters.withLock { counters in
            if let known = counters[name] { return known }
            let new: any CounterHandler = registry.makeCounter(
                label: "gateway_requests_total", dimensions: [("route", call.route), ("status", "\(call.status)")])
            counters[name] = new
            return new
        }
        counter.increment(by: 1)
    }
}

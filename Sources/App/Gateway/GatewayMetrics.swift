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
    private let counters = Mutex(Counters())

    private struct Counters {
        var all: [Name: any CounterHandler] = [:]
        /// Most calls are as the one before.
        var last: (name: Name, counter: any CounterHandler)?
    }

    init(_ registry: PrometheusRegistry) { self.registry = registry }

    func record(_ call: GatewayCallRecord) {
        let name = Name(route: call.route, status: call.status)
        let counter = counters.withLock { counters in
            if let last = counters.last, last.name == name { return last.counter }
            let counter =
                counters.all[name]
                ?? registry.makeCounter(label: "gateway_requests_total", dimensions: [("route", call.route), ("status", "\(call.status)")])
            counters.all[name] = counter
            counters.last = (name, counter)
            return counter
        }
        counter.increment(by: 1)
    }
}

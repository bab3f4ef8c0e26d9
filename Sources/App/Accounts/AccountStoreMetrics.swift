import BlockingCalls
import CoreMetrics
import Telemetry

/// Counts the calls of the servers that keep accounts.
struct AccountStoreMetrics: Sendable {
    private let calls: [AccountStoreChoice: [CallOutcome: any CounterHandler]]

    init(_ registry: PrometheusRegistry) {
        let stores = [AccountStoreChoice.mongodb, .postgres].map { store in
            let counters = CallOutcome.allCases.map { outcome in
                (
                    outcome,
                    registry.makeCounter(label: "account_store_calls_total", dimensions: [("store", store.rawValue), ("outcome", outcome.rawValue)])
                )
            }
            return (store, Dictionary(uniqueKeysWithValues: counters))
        }
        calls = Dictionary(uniqueKeysWithValues: stores)
    }

    func record(_ store: AccountStoreChoice, _ outcome: CallOutcome) { calls[store]?[outcome]?.increment(by: 1) }
}

import CoreMetrics
import PageCache
import Telemetry

/// Counts what the page cache does.
struct PageCacheMetrics: Sendable {
    private let answers: [String: any CounterHandler]
    private let renderings: any CounterHandler
    private let evictions: any CounterHandler
    private let sharedFailures: any CounterHandler

    init(_ registry: PrometheusRegistry) {
        let results = ["hit", "shared", "stale", "miss"]
        answers = Dictionary(
            uniqueKeysWithValues: results.map { ($0, registry.makeCounter(label: "page_cache_answers_total", dimensions: [("result", $0)])) })
        renderings = registry.makeCounter(label: "page_cache_renderings_total", dimensions: [])
        evictions = registry.makeCounter(label: "page_cache_evicted_bytes_total", dimensions: [])
        sharedFailures = registry.makeCounter(label: "page_cache_shared_failures_total", dimensions: [])
    }

    func record(_ event: PageCache.Event) {
        switch event {
        case .answered(let status): answers[Self.result(status)]?.increment(by: 1)
        case .made: renderings.increment(by: 1)
        case .evicted(let bytes): evictions.increment(by: Int64(bytes))
        case .sharedCacheFailed: sharedFailures.increment(by: 1)
        }
    }

    private static func result(_ status: CacheStatus) -> String {
        switch status {
        case .hit: "hit"
        case .sharedHit: "shared"
        case .stale, .staleOnError: "stale"
        case .miss: "miss"
        }
    }
}

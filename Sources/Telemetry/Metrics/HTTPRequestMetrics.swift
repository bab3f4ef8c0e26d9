public import CoreMetrics
import Synchronization

/// Counts finished HTTP requests.
///
/// Any thread. A request whose status, method and route were seen before costs a
/// look-up under a short lock and allocates nothing.
public final class HTTPRequestMetrics: Sendable {
    /// What the metrics mean, for ``PrometheusRegistry``.
    public static let help = [
        "http_requests_total": "Finished HTTP requests.",
        "http_request_duration_seconds": "Time from a request's head to the end of its response.",
        "http_connections_open": "Connections that are open now.",
    ]

    private struct RouteHandlers {
        let duration: any TimerHandler
        /// By status and method.
        var counters: [Int: any CounterHandler] = [:]
    }

    private struct Cache {
        var routes: [String: RouteHandlers] = [:]
        var counters = 0
    }

    private let factory: any MetricsFactory
    private let cacheLimit: Int
    private let cache = Mutex(Cache())

    /// - Parameters:
    ///   - factory: makes the handlers, and limits how many series there are.
    ///   - cacheLimit: how many handlers of each metric are kept here; further ones
    ///     are asked for at every request. The limit of the factory's series fits.
    public init(factory: any MetricsFactory, cacheLimit: Int = 1_000) {
        self.factory = factory
        self.cacheLimit = cacheLimit
    }

    /// Records one finished request.
    ///
    /// - Parameters:
    ///   - status: 100 to 999; anything else is counted as `000`.
    ///   - method: as it was received; one that is not common is counted as `other`.
    ///   - route: a template such as `/tags/{tag}`, never the path that was asked for.
    public func record(status: Int, method: String, route: String, duration: Duration) {
        let status = (100...999).contains(status) ? status : 0
        let (counter, timer) = handlers(status, HTTPMethodLabel(method), route)
        counter.increment(by: 1)
        timer.recordNanoseconds(Self.nanoseconds(duration))
    }

    /// Requests of one status, method and route, for those that come so often that the look-up counts.
    public func series(status: Int, method: String, route: String) -> Series {
        let (counter, timer) = handlers(status, HTTPMethodLabel(method), route)
        return Series(counter: counter, timer: timer)
    }

    public struct Series: Sendable {
        fileprivate let counter: any CounterHandler
        fileprivate let timer: any TimerHandler

        public func record(_ duration: Duration) {
            counter.increment(by: 1)
            timer.recordNanoseconds(HTTPRequestMetrics.nanoseconds(duration))
        }
    }

    private func handlers(_ status: Int, _ method: HTTPMethodLabel, _ route: String) -> (any CounterHandler, any TimerHandler) {
        let key = status * HTTPMethodLabel.count + method.rawValue
        let known: (any CounterHandler, any TimerHandler)? = cache.withLock { cache in
            guard let handlers = cache.routes[route], let counter = handlers.counters[key] else { return nil }
            return (counter, handlers.duration)
        }
        if let known { return known }
        return make(key, status, method, route)
    }

    /// The factory is asked outside the lock: it has locks of its own.
    private func make(_ key: Int, _ status: Int, _ method: HTTPMethodLabel, _ route: String) -> (any CounterHandler, any TimerHandler) {
        let counter = factory.makeCounter(
            label: "http_requests_total", dimensions: [("method", method.text), ("route", route), ("status", status == 0 ? "000" : String(status))])
        let timer = factory.makeTimer(label: "http_request_duration_seconds", dimensions: [("route", route)])
        cache.withLock { cache in
            guard cache.counters < cacheLimit else { return }
            // Another thread may have been faster.
            guard cache.routes[route, default: RouteHandlers(duration: timer)].counters.updateValue(counter, forKey: key) == nil else { return }
            cache.counters += 1
        }
        return (counter, timer)
    }

    /// At most what 64 bits hold: 292 years.
    fileprivate static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        let (sum, sumOverflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflows ? (seconds < 0 ? .min : .max) : sum
    }
}

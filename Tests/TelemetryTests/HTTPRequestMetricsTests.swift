import CoreMetrics
import Synchronization
import Telemetry
import Testing

@Suite struct HTTPRequestMetricsTests {
    /// The lines of a registry that begin with `name`.
    private func lines(_ registry: PrometheusRegistry, _ name: String) -> [String] {
        registry.render().split(separator: "\n").filter { $0.hasPrefix(name) }.map(String.init)
    }

    @Test func `a finished request is counted by status, method and route, and timed by route`() {
        let registry = PrometheusRegistry(help: HTTPRequestMetrics.help, buckets: [0.01])
        let metrics = HTTPRequestMetrics(factory: registry)
        metrics.record(status: 200, method: "GET", route: "/tags/{tag}", duration: .milliseconds(5))
        metrics.record(status: 404, method: "HEAD", route: "/tags/{tag}", duration: .milliseconds(20))
        metrics.record(status: 200, method: "GET", route: "/tags/{tag}", duration: .milliseconds(225))
        #expect(
            registry.render().hasPrefix(
                """
                # HELP http_request_duration_seconds Time from a request's head to the end of its response.
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{route="/tags/{tag}",le="0.01"} 1
                http_request_duration_seconds_bucket{route="/tags/{tag}",le="+Inf"} 3
                http_request_duration_seconds_sum{route="/tags/{tag}"} 0.25
                http_request_duration_seconds_count{route="/tags/{tag}"} 3
                # HELP http_requests_total Finished HTTP requests.
                # TYPE http_requests_total counter
                http_requests_total{method="GET",route="/tags/{tag}",status="200"} 2
                http_requests_total{method="HEAD",route="/tags/{tag}",status="404"} 1

                """))
    }

    @Test(arguments: [
        ("GET", "GET"), ("HEAD", "HEAD"), ("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH"), ("DELETE", "DELETE"), ("OPTIONS", "OPTIONS"),
        ("CONNECT", "other"), ("get", "other"), ("", "other"), ("BREW\n", "other"),
    ])
    func `a stranger invents no methods`(_ method: String, _ label: String) {
        let registry = PrometheusRegistry()
        HTTPRequestMetrics(factory: registry).record(status: 200, method: method, route: "/", duration: .zero)
        #expect(lines(registry, "http_requests_total") == ["http_requests_total{method=\"\(label)\",route=\"/\",status=\"200\"} 1"])
    }

    @Test(arguments: [(99, "000"), (100, "100"), (999, "999"), (1_000, "000"), (-7, "000"), (0, "000")])
    func `a status has three digits`(_ status: Int, _ label: String) {
        let registry = PrometheusRegistry()
        HTTPRequestMetrics(factory: registry).record(status: status, method: "GET", route: "/", duration: .zero)
        #expect(lines(registry, "http_requests_total") == ["http_requests_total{method=\"GET\",route=\"/\",status=\"\(label)\"} 1"])
    }

    @Test func `routes beyond the limit are counted together, and none is lost`() {
        let registry = PrometheusRegistry(seriesLimit: 3)
        let metrics = HTTPRequestMetrics(factory: registry, cacheLimit: 5)
        for number in 0..<10 { metrics.record(status: 200, method: "GET", route: "/\(number)", duration: .seconds(1)) }
        #expect(lines(registry, "http_requests_total").count == 4)
        #expect(lines(registry, "http_requests_total").last == "http_requests_total{method=\"other\",route=\"other\",status=\"other\"} 7")
        #expect(lines(registry, "http_request_duration_seconds_count").last == "http_request_duration_seconds_count{route=\"other\"} 7")
    }

    @Test func `handlers are asked for once for each label set`() {
        let factory = CountingFactory()
        let metrics = HTTPRequestMetrics(factory: factory)
        for _ in 0..<100 { metrics.record(status: 200, method: "GET", route: "/", duration: .zero) }
        #expect(factory.counters.load(ordering: .relaxed) == 1)
        metrics.record(status: 500, method: "GET", route: "/", duration: .zero)
        #expect(factory.counters.load(ordering: .relaxed) == 2)
    }

    @Test(arguments: [
        (Duration.seconds(Int64.max), "9223372036.854776"), (.seconds(-1), "0"), (.nanoseconds(1_500_000_000), "1.5"),
        (.seconds(Int64.max / 1_000_000_000) + .milliseconds(999), "9223372036.854776"),
    ])
    func `no duration is too long or too short to be recorded`(_ duration: Duration, _ sum: String) {
        let registry = PrometheusRegistry()
        HTTPRequestMetrics(factory: registry).record(status: 200, method: "GET", route: "/", duration: duration)
        #expect(lines(registry, "http_request_duration_seconds_sum") == ["http_request_duration_seconds_sum{route=\"/\"} \(sum)"])
    }

    /// Counts how often it is asked.
    private final class CountingFactory: MetricsFactory {
        let counters = Atomic(0)

        func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
            counters.add(1, ordering: .relaxed)
            return NOOPMetricsHandler.instance
        }
        func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler { NOOPMetricsHandler.instance }
        func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }
        func destroyCounter(_ handler: any CounterHandler) {}
        func destroyRecorder(_ handler: any RecorderHandler) {}
        func destroyTimer(_ handler: any TimerHandler) {}
    }
}

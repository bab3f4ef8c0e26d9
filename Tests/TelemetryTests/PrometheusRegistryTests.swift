import CoreMetrics
import Telemetry
import Testing

@Suite struct PrometheusRegistryTests {
    private static let own = """
        # HELP landing_metrics_dropped_series_total Requests for a series beyond the limit of its metric, or under a name of another type.
        # TYPE landing_metrics_dropped_series_total counter
        landing_metrics_dropped_series_total 0

        """

    /// What a registry renders, without the metric of its own.
    private func text(_ registry: PrometheusRegistry) -> String { registry.render().replacing(Self.own, with: "") }

    @Test func `a new registry tells only of itself`() {
        #expect(PrometheusRegistry().render() == Self.own)
    }

    @Test func `metrics are sorted by name, series by labels, and helped where help is known`() {
        let registry = PrometheusRegistry(help: ["b_total": "What b is:\na \\ path."])
        Counter(label: "b_total", dimensions: [("x", "2")], factory: registry).increment(by: 3)
        Counter(label: "b_total", dimensions: [("x", "1")], factory: registry).increment()
        FloatingPointCounter(label: "c_total", factory: registry).increment(by: 0.25)
        Meter(label: "a", factory: registry).set(-1.5)
        Gauge(label: "d", factory: registry).record(7)
        #expect(
            text(registry) == """
                # TYPE a gauge
                a -1.5
                # HELP b_total What b is:\\na \\\\ path.
                # TYPE b_total counter
                b_total{x="1"} 1
                b_total{x="2"} 3
                # TYPE c_total counter
                c_total 0.25
                # TYPE d gauge
                d 7

                """)
    }

    @Test func `a timer is a histogram in seconds, its bounds inclusive and its buckets cumulative`() {
        let registry = PrometheusRegistry(buckets: [0.5, 0.0005, 1])
        let timer = Timer(label: "t_seconds", dimensions: [("route", "/")], factory: registry)
        timer.recordNanoseconds(500_000)
        timer.recordNanoseconds(500_001)
        timer.recordSeconds(1)
        timer.recordSeconds(2)
        timer.recordNanoseconds(-5)
        #expect(
            text(registry) == """
                # TYPE t_seconds histogram
                t_seconds_bucket{route="/",le="0.0005"} 2
                t_seconds_bucket{route="/",le="0.5"} 3
                t_seconds_bucket{route="/",le="1"} 4
                t_seconds_bucket{route="/",le="+Inf"} 5
                t_seconds_sum{route="/"} 3.001000001
                t_seconds_count{route="/"} 5

                """)
    }

    @Test func `a recorder has the bounds of its name, and skips what is no number`() {
        let registry = PrometheusRegistry(bucketsByName: ["body.bytes": [1_000, 1_000_000]])
        let recorder = Recorder(label: "body.bytes", factory: registry)
        recorder.record(1_000)
        recorder.record(2_000_000)
        recorder.record(Double.nan)
        recorder.record(Double.infinity)
        #expect(
            text(registry) == """
                # TYPE body_bytes histogram
                body_bytes_bucket{le="1000"} 1
                body_bytes_bucket{le="1000000"} 1
                body_bytes_bucket{le="+Inf"} 2
                body_bytes_sum 2001000
                body_bytes_count 2

                """)
    }

    @Test func `the bounds for durations are those that were agreed on`() {
        let registry = PrometheusRegistry()
        _ = registry.makeTimer(label: "t", dimensions: [])
        let bounds = registry.render().matches(of: /le="([^"]+)"/).map { String($0.output.1) }
        #expect(
            bounds == ["0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"])
    }

    @Test(arguments: [
        (0.1 + 0.2, "0.30000000000000004"), (1e21, "1e+21"), (1e-7, "1e-07"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-0.0, "-0"),
        (123_456_789, "123456789"),
    ])
    func `numbers are written so that Prometheus reads the same value`(_ value: Double, _ written: String) {
        let registry = PrometheusRegistry()
        Meter(label: "g", factory: registry).set(value)
        #expect(text(registry) == "# TYPE g gauge\ng \(written)\n")
    }

    @Test func `label values are escaped, so none can end its line or forge another`() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("path", "a\"} 1\nforged 2\\\r\né\t")], factory: registry).increment()
        #expect(text(registry) == "# TYPE c counter\nc{path=\"a\\\"} 1\\nforged 2\\\\\r\\né\t\"} 1\n")
    }

    @Test(arguments: [
        ("http.server-requests total", "http_server_requests_total"), ("2xx", "_2xx"), ("a:b", "a:b"), ("", "_"), ("größe", "gr__e"),
        ("ok_1", "ok_1"),
    ])
    func `a metric's name is made to fit`(_ name: String, _ written: String) {
        let registry = PrometheusRegistry(help: [name: "H"])
        Counter(label: name, factory: registry).increment()
        #expect(text(registry) == "# HELP \(written) H\n# TYPE \(written) counter\n\(written) 1\n")
    }

    @Test(arguments: [("a:b", "a_b"), ("1", "_1"), ("", "_"), ("__name__", "_name__"), ("__", "_"), ("Ok_1", "Ok_1")])
    func `a label's name is made to fit`(_ name: String, _ written: String) {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [(name, "x")], factory: registry).increment()
        #expect(text(registry) == "# TYPE c counter\nc{\(written)=\"x\"} 1\n")
    }

    @Test func `labels never stand twice: the later of two counts, an empty one is left out, a histogram keeps le for itself`() {
        let registry = PrometheusRegistry(buckets: [])
        Counter(label: "c", dimensions: [("a.b", "1"), ("a_b", "2"), ("none", "")], factory: registry).increment()
        Timer(label: "t", dimensions: [("le", "x")], factory: registry).recordSeconds(1)
        #expect(
            text(registry) == """
                # TYPE c counter
                c{a_b="2"} 1
                # TYPE t histogram
                t_bucket{exported_le="x",le="+Inf"} 1
                t_sum{exported_le="x"} 1
                t_count{exported_le="x"} 1

                """)
    }

    @Test func `the same name and labels give the same handler, whatever the order of the labels`() {
        let registry = PrometheusRegistry()
        let labels = [("a", "1"), ("b", "2")]
        #expect(registry.makeCounter(label: "c", dimensions: labels) === registry.makeCounter(label: "c", dimensions: labels.reversed()))
        #expect(registry.makeTimer(label: "t", dimensions: labels) === registry.makeTimer(label: "t", dimensions: labels))
        #expect(registry.makeMeter(label: "m", dimensions: labels) === registry.makeMeter(label: "m", dimensions: labels))
        #expect(registry.makeCounter(label: "c", dimensions: labels) !== registry.makeCounter(label: "c", dimensions: []))
    }

    @Test func `counters never go down, and whole amounts stay exact`() {
        let registry = PrometheusRegistry()
        let handler = registry.makeCounter(label: "c", dimensions: [])
        handler.increment(by: 9_007_199_254_740_993)
        handler.increment(by: -1)
        let fractional = registry.makeFloatingPointCounter(label: "f", dimensions: [])
        for amount in [0.5, -1, .nan, .infinity, 2] { fractional.increment(by: amount) }
        #expect(text(registry) == "# TYPE c counter\nc 9007199254740993\n# TYPE f counter\nf 2.5\n")
        handler.reset()
        #expect(text(registry).contains("\nc 0\n"))
    }

    @Test func `a gauge survives amounts that are no numbers`() {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "g", factory: registry)
        meter.increment(by: 3)
        meter.decrement(by: 1)
        meter.increment(by: Double.infinity)
        #expect(text(registry) == "# TYPE g gauge\ng 2\n")
    }

    @Test func `beyond the limit label sets are counted together, and that is told`() {
        let registry = PrometheusRegistry(seriesLimit: 2)
        for path in ["/a", "/b", "/c", "/d", "/a"] {
            Counter(label: "c", dimensions: [("path", path), ("method", "GET")], factory: registry).increment()
        }
        Counter(label: "c", dimensions: [("something", "else")], factory: registry).increment()
        Counter(label: "other_metric", dimensions: [("path", "/e")], factory: registry).increment()
        #expect(
            registry.render().contains(
                """
                # TYPE c counter
                c{method="GET",path="/a"} 2
                c{method="GET",path="/b"} 1
                c{method="other",path="other"} 3
                """))
        #expect(registry.render().contains("\nlanding_metrics_dropped_series_total 3\n"))
        #expect(registry.render().contains("other_metric{path=\"/e\"} 1\n"))
    }

    @Test func `twenty thousand label sets are a thousand and one lines`() {
        let registry = PrometheusRegistry()
        for number in 0..<20_000 { registry.makeCounter(label: "c", dimensions: [("n", String(number))]).increment(by: 1) }
        let lines = registry.render().split(separator: "\n").filter { $0.hasPrefix("c{") }
        #expect(lines.count == 1_001)
        #expect(lines.contains("c{n=\"other\"} 19000"))
    }

    @Test func `a name keeps its first type, so the text stays one that Prometheus reads`() {
        let registry = PrometheusRegistry(buckets: [])
        Timer(label: "x", factory: registry).recordSeconds(1)
        for name in ["x", "x_count", "x_sum", "x_bucket"] { Counter(label: name, factory: registry).increment() }
        Meter(label: "y_count", factory: registry).set(1)
        Timer(label: "y", factory: registry).recordSeconds(1)
        registry.onRender { [.gauge("x_sum", 9), .gauge("z", 1), .counter("z", 2)] }
        #expect(
            registry.render() == """
                # HELP landing_metrics_dropped_series_total Requests for a series beyond the limit of its metric, or under a name of another type.
                # TYPE landing_metrics_dropped_series_total counter
                landing_metrics_dropped_series_total 5
                # TYPE x histogram
                x_bucket{le="+Inf"} 1
                x_sum 1
                x_count 1
                # TYPE y_count gauge
                y_count 1
                # TYPE z gauge
                z 1

                """)
    }

    @Test func `values that are read at render time stand among the others`() {
        let registry = PrometheusRegistry(help: ["b": "From the table."])
        Meter(label: "c", factory: registry).set(1)
        registry.onRender { [.gauge("b", 2, labels: [("x", "2")], help: "From the sample."), .gauge("b", 1, labels: [("x", "1")])] }
        registry.onRender { [.counter("d-total", 0.5, help: "Read."), .gauge("b", 3, labels: [("x", "2")])] }
        #expect(
            text(registry) == """
                # HELP b From the table.
                # TYPE b gauge
                b{x="1"} 1
                b{x="2"} 3
                # TYPE c gauge
                c 1
                # HELP d_total Read.
                # TYPE d_total counter
                d_total 0.5

                """)
    }

    @Test func `a destroyed series is gone, the one for the others is not`() {
        let registry = PrometheusRegistry(seriesLimit: 1)
        let first = Counter(label: "c", dimensions: [("n", "1")], factory: registry)
        let second = Counter(label: "c", dimensions: [("n", "2")], factory: registry)
        first.destroy()
        second.destroy()
        #expect(text(registry).contains("# TYPE c counter\nc{n=\"other\"} 0\n"))
        let timer = Timer(label: "t", factory: registry)
        timer.destroy()
        #expect(!registry.render().contains("# TYPE t "))
    }
}

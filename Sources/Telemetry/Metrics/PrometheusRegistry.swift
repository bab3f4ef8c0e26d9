public import CoreMetrics
import Synchronization

/// Keeps metrics and writes them in the Prometheus text format 0.0.4.
///
/// Any thread may call anything. Making a handler takes a short lock; using one
/// takes none. The same name and labels give the same handler, in any order of labels.
///
/// Names are made to fit: what Prometheus does not allow becomes `_`. A name
/// belongs to the type it was first made as, with the lines that type writes
/// (`x` as a timer also owns `x_count`); a handler of another type under it
/// works, and nobody reads it.
public final class PrometheusRegistry: MetricsFactory {
    /// The media type of ``render()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Upper bounds for durations, in seconds.
    public static let defaultBuckets: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private static let droppedName = "landing_metrics_dropped_series_total"

    private struct State {
        var families: [String: MetricFamily] = [:]
        var claimedNames: Set<String> = []
        var collectors: [@Sendable () -> [Sample]] = []
    }

    private let help: [String: String]
    private let seriesLimit: Int
    private let buckets: [Double]
    private let bucketsByName: [String: [Double]]
    private let droppedSeries = PrometheusCounter()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - help: what a metric means, by its name.
    ///   - seriesLimit: how many label sets a metric may have. Later ones are counted
    ///     together, in one series whose label values are all `other`, and each request
    ///     for one adds to `landing_metrics_dropped_series_total`.
    ///   - buckets: upper bounds for timers (in seconds) and recorders; their order does not matter.
    ///   - bucketsByName: other bounds for single metrics.
    public init(
        help: [String: String] = [:], seriesLimit: Int = 1_000, buckets: [Double] = PrometheusRegistry.defaultBuckets,
        bucketsByName: [String: [Double]] = [:]
    ) {
        var texts = [Self.droppedName: "Requests for a series beyond the limit of its metric, or under a name of another type."]
        for (name, text) in help { texts[PrometheusName.metric(name)] = text }
        self.help = texts
        self.seriesLimit = seriesLimit
        self.buckets = Self.bounds(buckets)
        self.bucketsByName = Dictionary(bucketsByName.map { (PrometheusName.metric($0), Self.bounds($1)) }) { $1 }
        var dropped = MetricFamily(type: .counter)
        let counter = droppedSeries
        _ = dropped.series(.none, limit: 1, others: { .none }, make: { counter })
        state = Mutex(State(families: [Self.droppedName: dropped], claimedNames: [Self.droppedName]))
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { _ in PrometheusCounter() }
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { _ in PrometheusCounter() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { _ in PrometheusGauge() }
    }

    /// A histogram where values are aggregated, otherwise a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) }
        return series(label, dimensions, .gauge) { _ in PrometheusGauge() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { histogram(label, dimensions) }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Adds values that are read at each ``render()``, on its thread and under no lock.
    ///
    /// A sample under a name that a handler has is left out; of two with the same
    /// name and labels the later counts.
    public func onRender(_ collect: @escaping @Sendable () -> [Sample]) {
        state.withLock { $0.collectors.append(collect) }
    }

    /// All metrics, sorted by name and labels.
    public func render() -> String {
        let (families, claimedNames, collectors) = state.withLock { ($0.families, $0.claimedNames, $0.collectors) }
        var collected: [String: CollectedFamily] = [:]
        for collect in collectors {
            for sample in collect() {
                let name = PrometheusName.metric(sample.name)
                guard !claimedNames.contains(name) else { continue }
                collected[name, default: CollectedFamily(sample)].add(sample)
            }
        }
        var text = PrometheusText()
        for name in Set(families.keys).union(collected.keys).sorted() {
            if let family = families[name] {
                guard !family.series.isEmpty else { continue }
                text.header(name, type: family.type, help: help[name])
                for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) { series.write(name: name, labels: labels, into: &text) }
            } else if let family = collected[name] {
                text.header(name, type: family.type, help: help[name] ?? family.help)
                for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) { text.sample(name, labels, value) }
            }
        }
        return text.text
    }

    private struct CollectedFamily {
        let type: MetricType
        let help: String?
        var values: [LabelSet: Double] = [:]

        init(_ sample: Sample) {
            type = sample.type
            help = sample.help
        }

        mutating func add(_ sample: Sample) {
            if sample.type == type { values[LabelSet(sample.labels, of: type)] = sample.value }
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> PrometheusHistogram {
        series(label, dimensions, .histogram) { PrometheusHistogram(bounds: self.bucketsByName[$0] ?? self.buckets) }
    }

    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ type: MetricType, make: (_ name: String) -> Series
    ) -> Series {
        let name = PrometheusName.metric(label)
        let labels = LabelSet(dimensions, of: type)
        let found: (series: any MetricSeries, isOwn: Bool)? = state.withLock { state in
            if let family = state.families[name] {
                guard family.type == type else { return nil }
            } else {
                let names = type.sampleNames(of: name)
                guard state.claimedNames.isDisjoint(with: names) else { return nil }
                state.claimedNames.formUnion(names)
                state.families[name] = MetricFamily(type: type)
            }
            return state.families[name]?.series(
                labels, limit: seriesLimit, others: { LabelSet(dimensions.map { ($0.0, "other") }, of: type) }, make: { make(name) })
        }
        if found?.isOwn != true { droppedSeries.increment(by: Int64(1)) }
        return found?.series as? Series ?? make(name)
    }

    private func remove(_ handler: AnyObject) {
        guard handler !== droppedSeries else { return }
        state.withLock { state in
            for name in state.families.keys { state.families[name]?.remove(handler) }
        }
    }

    /// A bound that is not finite is left out: the last bucket takes everything anyway.
    private static func bounds(_ buckets: [Double]) -> [Double] { Set(buckets.filter(\.isFinite)).sorted() }
}

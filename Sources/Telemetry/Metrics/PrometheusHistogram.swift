public import CoreMetrics
import Synchronization

/// How many values were at most each of some bounds, and their sum.
///
/// Lock-free; any thread. Timers are kept in seconds, whatever unit they prefer.
/// Values that are not finite are ignored, durations below zero count as zero.
public final class PrometheusHistogram: TimerHandler, RecorderHandler, MetricSeries {
    /// Upper bounds, inclusive, ascending; one bucket more than these takes the rest.
    private let bounds: [Double]
    private let buckets: [Bucket]
    private let sum = Atomic<Double>(0)

    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    public func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1_000_000_000) }

    public func record(_ value: Int64) { record(Double(value)) }

    public func record(_ value: Double) {
        guard value.isFinite else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func write(name: String, labels: LabelSet, into text: inout PrometheusText) {
        // The count is added up from the buckets, so the two agree while others record.
        var count: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            count &+= bucket.count.load(ordering: .relaxed)
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text.sample("\(name)_bucket", labels.adding("le", bound), count)
        }
        text.sample("\(name)_sum", labels, sum.load(ordering: .relaxed))
        text.sample("\(name)_count", labels, count)
    }
}

public import CoreMetrics
import Synchronization

/// A value that goes up and down. Lock-free; any thread.
public final class PrometheusGauge: MeterHandler, RecorderHandler, MetricSeries {
    private let value = Atomic<Double>(0)

    init() {}

    public func set(_ value: Int64) { set(Double(value)) }
    public func set(_ value: Double) { self.value.store(value, ordering: .relaxed) }

    /// An amount that is not finite is ignored: no later amount could undo it.
    public func increment(by amount: Double) {
        guard amount.isFinite else { return }
        value.add(amount)
    }

    public func decrement(by amount: Double) { increment(by: -amount) }

    public func record(_ value: Int64) { set(Double(value)) }
    public func record(_ value: Double) { set(value) }

    func write(name: String, labels: LabelSet, into text: inout PrometheusText) {
        text.sample(name, labels, value.load(ordering: .relaxed))
    }
}

public import CoreMetrics
import Synchronization

/// A value that only grows, until the process ends or ``reset()``.
///
/// Lock-free; any thread. Whole and fractional amounts are kept apart, so whole
/// ones stay exact. Amounts below zero and those that are not finite are ignored.
public final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, MetricSeries {
    private let whole = Atomic<UInt64>(0)
    private let fractional = Atomic<Double>(0)

    init() {}

    public func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    public func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    public func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }

    func write(name: String, labels: LabelSet, into text: inout PrometheusText) {
        let whole = whole.load(ordering: .relaxed)
        let fractional = fractional.load(ordering: .relaxed)
        if fractional == 0 {
            text.sample(name, labels, whole)
        } else {
            text.sample(name, labels, Double(whole) + fractional)
        }
    }
}

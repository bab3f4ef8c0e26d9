/// The values of one metric for one label set.
protocol MetricSeries: AnyObject, Sendable {
    func write(name: String, labels: LabelSet, into text: inout PrometheusText)
}

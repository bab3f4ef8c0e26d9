/// All series of one metric.
struct MetricFamily {
    let type: MetricType
    private(set) var series: [LabelSet: any MetricSeries] = [:]
    /// Takes what the series beyond the limit would have taken.
    private var overflow: (any MetricSeries)?

    init(type: MetricType) {
        self.type = type
    }

    /// The series of a label set, made if there is none.
    ///
    /// - Parameters:
    ///   - limit: how many series there may be, the one for the others not counted.
    ///   - others: the labels of the series that takes the others; the first asked for stay.
    /// - Returns: the series, and whether it is the label set's own.
    mutating func series(
        _ labels: LabelSet, limit: Int, others: () -> LabelSet, make: () -> any MetricSeries
    ) -> (series: any MetricSeries, isOwn: Bool) {
        if let known = series[labels] { return (known, true) }
        if series.count < limit {
            let made = make()
            series[labels] = made
            return (made, true)
        }
        if let overflow { return (overflow, false) }
        let others = others()
        let made = series[others] ?? make()
        series[others] = made
        overflow = made
        return (made, false)
    }

    /// The series that takes the others stays: it is nobody's own.
    mutating func remove(_ handler: AnyObject) {
        guard overflow !== handler, let labels = series.first(where: { $0.value === handler })?.key else { return }
        series[labels] = nil
    }
}

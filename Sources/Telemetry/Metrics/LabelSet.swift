/// Labels in the form in which they are written, `method="GET",status="200"`:
/// sorted by name, so that two sets are equal whatever order they were given in.
struct LabelSet: Hashable, Comparable {
    let text: String

    static let none = LabelSet([], of: .gauge)

    /// Of two labels whose names are made equal the later counts. A label without a
    /// value is left out: to Prometheus it is the same as no label. A histogram has
    /// `le` for itself; given by others it is called `exported_le`.
    init(_ dimensions: [(String, String)], of type: MetricType) {
        var labels: [(name: String, value: String)] = []
        labels.reserveCapacity(dimensions.count)
        for (name, value) in dimensions {
            var name = PrometheusName.label(name)
            if type == .histogram, name == "le" { name = "exported_le" }
            labels.removeAll { $0.name == name }
            if !value.isEmpty { labels.append((name, value)) }
        }
        if labels.count > 1 { labels.sort { $0.name < $1.name } }
        var text = ""
        text.reserveCapacity(labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
        for label in labels { Self.append(label.name, label.value, to: &text) }
        self.text = text
    }

    private init(text: String) { self.text = text }

    func adding(_ name: String, _ value: String) -> LabelSet {
        var text = text
        Self.append(name, value, to: &text)
        return LabelSet(text: text)
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool { left.text < right.text }

    private static func append(_ name: String, _ value: String, to text: inout String) {
        if !text.isEmpty { text += "," }
        text += name
        text += "=\""
        text += PrometheusText.escaped(value, quotes: true)
        text += "\""
    }
}

/// Writes the Prometheus text format 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    mutating func header(_ name: String, type: MetricType, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n" }
        text += "# TYPE \(name) \(type.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: LabelSet, _ value: UInt64) { line(name, labels, String(value)) }

    mutating func sample(_ name: String, _ labels: LabelSet, _ value: Double) { line(name, labels, Self.number(value)) }

    private mutating func line(_ name: String, _ labels: LabelSet, _ value: String) {
        text += name
        if !labels.text.isEmpty {
            text += "{"
            text += labels.text
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// The shortest form that reads back as the same value; whole values without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func escaped(_ value: String, quotes: Bool) -> String {
        let needsEscape: (UInt8) -> Bool = { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || (quotes && $0 == UInt8(ascii: "\"")) }
        guard value.utf8.contains(where: needsEscape) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

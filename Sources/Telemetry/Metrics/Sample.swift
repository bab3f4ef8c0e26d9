/// A value that is read when metrics are rendered, rather than kept.
public struct Sample: Sendable {
    let name: String
    let type: MetricType
    let value: Double
    let labels: [(String, String)]
    let help: String?

    public static func counter(_ name: String, _ value: Double, labels: [(String, String)] = [], help: String? = nil) -> Sample {
        Sample(name: name, type: .counter, value: value, labels: labels, help: help)
    }

    public static func gauge(_ name: String, _ value: Double, labels: [(String, String)] = [], help: String? = nil) -> Sample {
        Sample(name: name, type: .gauge, value: value, labels: labels, help: help)
    }
}

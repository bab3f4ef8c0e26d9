/// What stands behind `# TYPE`.
enum MetricType: String {
    case counter, gauge, histogram

    /// The names of the lines that a metric of this type is written as.
    func sampleNames(of name: String) -> [String] {
        self == .histogram ? [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
    }
}

/// The `Accept` field of a request (RFC 9110, section 12.5.1).
struct AcceptHeader {
    private var ranges: [(type: Substring, quality: Double)] = []

    init(_ value: String?) {
        for part in (value ?? "").split(separator: ",").prefix(50) {
            let fields = part.split(separator: ";").map { $0.drop(while: \.isWhitespace).lowercased()[...] }
            guard let type = fields.first?.split(whereSeparator: \.isWhitespace).first else { continue }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap {
                Double($0.dropFirst(2).split(whereSeparator: \.isWhitespace).first ?? "")
            }
            ranges.append((type, min(max(weight ?? 1, 0), 1)))
        }
    }

    /// How much `type` is wanted: by its own name, its family or `*/*`, the most exact counts.
    /// No field at all wants everything.
    func quality(of type: String) -> Double {
        guard !ranges.isEmpty else { return 1 }
        let family = "\(type.prefix { $0 != "/" })/*"
        for wanted in [type, family, "*/*"] {
            if let range = ranges.first(where: { $0.type == wanted }) { return range.quality }
        }
        return 0
    }

    /// Whether `type` is named and wanted more than `other`.
    func prefers(_ type: String, to other: String) -> Bool {
        ranges.contains { $0.type == type } && quality(of: type) > quality(of: other)
    }
}

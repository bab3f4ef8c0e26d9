import FoundationEssentials

extension BSONValue {
    /// In lower case, as other programs of the stack spell it.
    static func id(_ id: UUID) -> BSONValue { .text(id.uuidString.lowercased()) }

    static func id(_ id: UUID?) -> BSONValue { id.map(BSONValue.id(_:)) ?? .null }

    static func text(_ text: String?) -> BSONValue { text.map(BSONValue.text(_:)) ?? .null }

    static func date(_ date: Date) -> BSONValue {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
        // Times beyond what BSON holds are as far as it goes.
        return .date(Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max))
    }

    static func date(_ date: Date?) -> BSONValue { date.map(BSONValue.date(_:)) ?? .null }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var id: UUID? { text.flatMap(UUID.init(uuidString:)) }

    var date: Date? {
        if case .date(let milliseconds) = self { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) } else { nil }
    }

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// Also of a number without a fraction: shells write each number as one with.
    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var document: Document? {
        if case .document(let document) = self { document } else { nil }
    }

    var array: [BSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }
}

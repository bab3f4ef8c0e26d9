/// The fields of a BSON document, in their order.
struct Document: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private(set) var fields: [Field]

    struct Field: Sendable, Equatable {
        let name: String
        let value: BSONValue
    }

    init(dictionaryLiteral elements: (String, BSONValue)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    init(_ fields: [Field]) { self.fields = fields }

    /// Appends a field; there is none of this name yet.
    mutating func append(_ name: String, _ value: BSONValue) { fields.append(Field(name: name, value: value)) }

    /// The first of this name.
    subscript(name: String) -> BSONValue? { fields.first { $0.name == name }?.value }
}

/// The types of BSON that Landing writes, and those of other programs as far as it looks at them.
enum BSONValue: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case bool(Bool)
    /// Milliseconds since 1970.
    case date(Int64)
    case bytes([UInt8])
    case document(Document)
    case array([BSONValue])
    /// Matches what it says letter by letter, see ``LiteralPattern``; only in filters.
    case pattern(String)
    case null
    /// What Landing never writes: an ObjectId, a decimal, …
    case other
}

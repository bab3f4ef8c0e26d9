/// Reads the bytes of a BSON document (bsonspec.org), whoever wrote it.
///
/// A text that is no UTF-8 is repaired; what is cut short or nested deeper than 100 documents reads as nothing.
struct BSONReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private let depth: Int

    static func document(_ bytes: [UInt8]) -> Document? { document(bytes[...], depth: 0) }

    private static func document(_ bytes: ArraySlice<UInt8>, depth: Int) -> Document? {
        guard depth < 100, bytes.count >= 5, bytes.last == 0 else { return nil }
        var reader = BSONReader(bytes: bytes.dropLast(), position: bytes.startIndex + 4, depth: depth)
        var fields: [Document.Field] = []
        while reader.position < reader.bytes.endIndex {
            guard let type = reader.take(1)?.first, let name = reader.takeName(), let value = reader.takeValue(type) else { return nil }
            fields.append(Document.Field(name: name, value: value))
        }
        return Document(fields)
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func takeInteger<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        take(MemoryLayout<Integer>.size)?.reversed().reduce(0) { $0 << 8 | Integer(truncatingIfNeeded: $1) }
    }

    private mutating func takeName() -> String? {
        guard let end = bytes[position...].firstIndex(of: 0) else { return nil }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private mutating func takeText() -> String? {
        guard let count = takeInteger(Int32.self), count >= 1, let text = take(Int(count)) else { return nil }
        return String(decoding: text.dropLast(), as: UTF8.self)
    }

    private mutating func takeDocument() -> Document? {
        let start = position
        guard let count = takeInteger(Int32.self), count >= 5, take(Int(count) - 4) != nil else { return nil }
        return Self.document(bytes[start..<position], depth: depth + 1)
    }

    private mutating func takeValue(_ type: UInt8) -> BSONValue? {
        switch type {
        case 0x01: takeInteger(UInt64.self).map { .number(Double(bitPattern: $0)) }
        case 0x02: takeText().map(BSONValue.text(_:))
        case 0x03: takeDocument().map(BSONValue.document(_:))
        case 0x04: takeDocument().map { .array($0.fields.map(\.value)) }
        case 0x05: takeBytes()
        case 0x08: take(1).map { .bool($0.first != 0) }
        case 0x09: takeInteger(Int64.self).map(BSONValue.date(_:))
        case 0x0A: .null
        case 0x10: takeInteger(Int32.self).map { .integer(Int64($0)) }
        case 0x12: takeInteger(Int64.self).map(BSONValue.integer(_:))
        default: skip(type) ? .other : nil
        }
    }

    private mutating func takeBytes() -> BSONValue? {
        guard let count = takeInteger(Int32.self), let kind = take(1)?.first, let bytes = take(Int(count)) else { return nil }
        // Others are no plain bytes: ids, hashes, encrypted fields.
        return kind == 0 ? .bytes(Array(bytes)) : .other
    }

    /// Whether `type` is one of BSON; goes behind its value.
    private mutating func skip(_ type: UInt8) -> Bool {
        switch type {
        // Undefined, and the smallest and greatest key.
        case 0x06, 0xFF, 0x7F: true
        // An ObjectId, a timestamp, a decimal.
        case 0x07: take(12) != nil
        case 0x11: take(8) != nil
        case 0x13: take(16) != nil
        // A regular expression, a pointer, code, a symbol.
        case 0x0B: takeName() != nil && takeName() != nil
        case 0x0C: takeText() != nil && take(12) != nil
        case 0x0D, 0x0E: takeText() != nil
        case 0x0F: takeInteger(Int32.self).map { take(Int($0) - 4) != nil } ?? false
        default: false
        }
    }
}

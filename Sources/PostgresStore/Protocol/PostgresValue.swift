import FoundationEssentials

/// A parameter of a statement; its bytes are PostgreSQL's binary form, so nothing is ever quoted.
enum PostgresValue: Sendable {
    /// Without its NUL characters, which PostgreSQL cannot keep.
    case text(String?)
    case integer(Int64)
    case boolean(Bool?)
    case optionalInteger(Int64?)
    case uuid(UUID?)
    case uuids([UUID])
    case bytes([UInt8]?)
    case bytesList([[UInt8]]?)
    /// To the microsecond.
    case time(Date?)
    /// JSON, which must have no NUL escaped in it.
    case json([UInt8])

    /// The number of its type in `pg_type`, the same in every database.
    var type: UInt32 {
        switch self {
        case .text: 25
        case .integer, .optionalInteger: 20
        case .boolean: 16
        case .uuid: Self.uuidType
        case .uuids: 2951
        case .bytes: Self.bytesType
        case .bytesList: 1001
        case .time: 1184
        case .json: 3802
        }
    }

    var encoded: [UInt8]? {
        switch self {
        case .text(let text): text.map { Array($0.utf8.filter { $0 != 0 }) }
        case .integer(let number): Self.bigEndian(number)
        case .optionalInteger(let number): number.map { Self.bigEndian($0) }
        case .boolean(let value): value.map { [$0 ? 1 : 0] }
        case .uuid(let id): id.map(\.bytes)
        case .uuids(let ids): Self.array(ids.map(\.bytes), of: Self.uuidType)
        case .bytes(let bytes): bytes
        case .bytesList(let list): list.map { Self.array($0, of: Self.bytesType) }
        case .time(let time): time.map { Self.bigEndian(PostgresTime.microseconds($0)) }
        // The version of the form stands before the text.
        case .json(let text): [1] + text
        }
    }

    private static let uuidType: UInt32 = 2950
    private static let bytesType: UInt32 = 17

    private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
    }

    /// Dimensions, whether there are NULLs, the type; for the one dimension its length and first index; the elements.
    private static func array(_ elements: [[UInt8]], of type: UInt32) -> [UInt8] {
        var bytes = bigEndian(Int32(elements.isEmpty ? 0 : 1)) + bigEndian(Int32(0)) + bigEndian(type)
        guard !elements.isEmpty else { return bytes }
        bytes += bigEndian(Int32(clamping: elements.count)) + bigEndian(Int32(1))
        for element in elements { bytes += bigEndian(Int32(clamping: element.count)) + element }
        return bytes
    }
}

extension UUID {
    var bytes: [UInt8] {
        let (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) = uuid
        return [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }

    init?(_ b: [UInt8]) {
        guard b.count == 16 else { return nil }
        self.init(uuid: (b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]))
    }
}

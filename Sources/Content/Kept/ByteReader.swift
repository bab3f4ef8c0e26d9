/// Reads what ``ByteWriter`` wrote, in the same order.
///
/// Bytes that nobody wrote so are an error, never a trap: they come from a disk.
struct ByteReader {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    private mutating func byte() throws(Malformed) -> UInt8 {
        guard offset < bytes.count else { throw Malformed() }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func slice(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else { throw Malformed() }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    mutating func int() throws(Malformed) -> Int {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let part = try byte()
            guard shift < 64 else { throw Malformed() }
            number |= UInt64(part & 0x7F) << shift
            shift += 7
            if part < 0x80 { return Int(Int64(bitPattern: number)) }
        }
    }

    mutating func flag() throws(Malformed) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw Malformed()
        }
    }

    mutating func double() throws(Malformed) -> Double { Double(bitPattern: UInt64(bitPattern: Int64(try int()))) }

    mutating func text() throws(Malformed) -> String { String(decoding: try slice(try int()), as: UTF8.self) }

    mutating func array() throws(Malformed) -> [UInt8] { Array(try slice(try int())) }

    mutating func optional<Value>(_ body: (inout ByteReader) throws(Malformed) -> Value) throws(Malformed) -> Value? {
        try flag() ? try body(&self) : nil
    }

    mutating func list<Value>(_ body: (inout ByteReader) throws(Malformed) -> Value) throws(Malformed) -> [Value] {
        let count = try int()
        // Each value takes a byte at least.
        guard count >= 0, count <= bytes.count - offset else { throw Malformed() }
        var list: [Value] = []
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try body(&self)) }
        return list
    }

    mutating func optionalText() throws(Malformed) -> String? { try optional { reader throws(Malformed) in try reader.text() } }

    mutating func optionalInt() throws(Malformed) -> Int? { try optional { reader throws(Malformed) in try reader.int() } }

    mutating func texts() throws(Malformed) -> [String] { try list { reader throws(Malformed) in try reader.text() } }
}

/// Writes values one after another, for ``ByteReader``.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// In seven bits a byte, the lowest first (LEB128); negative numbers take ten.
    mutating func write(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ number: Double) { write(Int(Int64(bitPattern: number.bitPattern))) }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ bytes: [UInt8]) {
        write(bytes.count)
        self.bytes.append(contentsOf: bytes)
    }

    mutating func write<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    mutating func write<Value>(_ list: [Value], _ body: (inout ByteWriter, Value) -> Void) {
        write(list.count)
        for value in list { body(&self, value) }
    }

    mutating func write(_ text: String?) { write(text) { $0.write($1) } }

    mutating func write(_ number: Int?) { write(number) { $0.write($1) } }

    mutating func write(_ texts: [String]) { write(texts) { $0.write($1) } }
}

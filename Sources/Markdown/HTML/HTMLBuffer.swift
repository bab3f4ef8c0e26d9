/// HTML under construction, as UTF-8.
struct HTMLBuffer {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends markup that this program wrote itself.
    mutating func markup(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends a number of this program's own.
    mutating func number(_ value: Int) {
        guard value >= 0 else { return bytes.append(contentsOf: String(value).utf8) }
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if bytes.count > start + 1 { bytes[start...].reverse() }
    }

    /// Appends text or an attribute's value: `& < > "` become entities.
    mutating func text(_ text: some StringProtocol) {
        let known: Void? = text.utf8.withContiguousStorageIfAvailable { unsafe escaped($0) }
        if known == nil { for byte in text.utf8 { escaped(byte) } }
    }

    mutating func text(_ text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe escaped($0) }
    }

    /// Appends text: most has long stretches that stay as they are.
    mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            switch unsafe text[index] {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""):
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
                unsafe escaped(text[index])
                start = index + 1
            default: break
            }
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "&"): markup("&amp;")
        case UInt8(ascii: "<"): markup("&lt;")
        case UInt8(ascii: ">"): markup("&gt;")
        case UInt8(ascii: "\""): markup("&quot;")
        default: bytes.append(byte)
        }
    }

    /// Appends an address: what may not stand in one is percent-encoded, what
    /// is encoded already stays.
    mutating func url(_ url: some StringProtocol) {
        for byte in url.utf8 {
            switch byte {
            case UInt8(ascii: "&"): markup("&amp;")
            case UInt8(ascii: "'"): markup("&#39;")
            case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), 0x7F...:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }

    /// Appends HTML that another part of this module made.
    mutating func append(_ other: HTMLBuffer) { bytes.append(contentsOf: other.bytes) }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}

/// Values one after another, written so that no two lists of values look alike.
public struct DigestInput: Sendable {
    public private(set) var bytes: [UInt8] = []

    /// - Parameter kind: keeps digests of different things apart that hold the same values.
    public init(_ kind: String) { add(kind) }

    public mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(1)
        add(text)
    }

    public mutating func add(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    public mutating func add(_ digest: Digest) { bytes.append(contentsOf: digest.bytes) }

    public mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
}

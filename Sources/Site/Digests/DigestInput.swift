/// Values one after another, written so that no two lists of values look alike.
public struct DigestInput: Sendable {
    public private(set) var bytes: [UInt8] = []

    /// - Parameter kind: keeps digests of different things apart that hold the same values.
    public init(_ kind: String) { add(kind) }

    public mutating func add(_ text: String) {
        add(text.utf8.count)
        // A page's input is a thousand texts: as bytes that lie together, not one by one.
        var text = text
        text.withUTF8 { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }

    public mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(1)
        add(text)
    }

    public mutating func add(_ number: Int) {
        withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func add(_ digest: Digest) { digest.withWords { bytes.append(contentsOf: $0) } }

    public mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
}

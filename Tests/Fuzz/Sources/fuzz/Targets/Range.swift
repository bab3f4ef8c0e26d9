@testable import Web

/// The `Range` field. An input is the length of a file, a blank, and the field.
func checkRange(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: " ", maxSplits: 1)
    // Offsets of more than 18 digits are not read, nor are there such files.
    let length = min(max(0, parts.first.flatMap { Int($0) } ?? 0), 1 << 56)
    let field = parts.count == 2 ? String(parts[1]) : nil

    switch ByteRange(field, length: length) {
    case .part(let range):
        expect(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= length, "`\(text)` gives \(range)")
        expect(field?.hasPrefix("bytes=") == true, "`\(text)` is a range of bytes")
        let exact = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        expect(ByteRange(exact, length: length) == .part(range), "\(exact) of \(length) is \(range) as well")
    case .notSatisfiable:
        expect(field != nil, "no field cannot be satisfied")
    case .whole:
        break
    }
    expect(ByteRange(nil, length: length) == .whole, "without a field the whole is sent")
    expect(ByteRange("bytes=\(length)-", length: length) == .notSatisfiable, "nothing begins at the end")
}

import Site

/// A note's file, cut into its head and its text.
struct NoteSource {
    let block: FrontMatterBlock
    /// All above the text, as it is written.
    let head: Substring
    /// Of the text.
    let digest: Digest
    /// Where the file is not UTF-8; the marks that it holds there are shown as `\u{FFFD}`.
    let invalid: (line: Int, column: Int)?

    init(_ bytes: [UInt8]) {
        let valid = String(validating: bytes, as: UTF8.self)
        invalid = valid == nil ? Self.placeOfInvalidUTF8(bytes) : nil
        let whole = valid ?? String(decoding: bytes, as: UTF8.self)
        block = FrontMatterBlock(of: whole)
        head = whole[..<block.body.startIndex]
        digest = DigestFunction.sha256(of: block.body)
    }

    private static func placeOfInvalidUTF8(_ bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        for (number, part) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            line = number + 1
            if String(validating: part, as: UTF8.self) == nil { break }
        }
        return (line, 1)
    }
}

import Testing

@testable import MongoStore

@Suite struct DocumentTests {
    @Test func `a document comes back as it was written`() {
        let document: Document = [
            "text": .text("a\0b 王\u{1F980}"), "": .text(""), "integer": .integer(.min), "number": .number(-0.5), "bool": .bool(true),
            "date": .date(-1), "bytes": .bytes([0, 255]), "none": .bytes([]), "null": .null,
            "document": .document(["a": .document([:]), "b": .array([.text("x"), .array([]), .null])]),
        ]
        #expect(BSONBytes.with(document) { unsafe BSONBytes.read($0) } == document)
    }

    @Test func `no bytes of any length do harm`() {
        let whole: Document = ["a": .text("text"), "b": .document(["c": .array([.integer(1)])]), "d": .bytes([1, 2, 3]), "e": .pattern("x")]
        let bytes = BSONBytes.with(whole) { unsafe BSONBytes.bytes($0) }
        #expect(BSONReader.document(bytes) != nil)
        for count in 0..<bytes.count { #expect(BSONReader.document(Array(bytes.prefix(count))) != whole) }
        for position in bytes.indices {
            for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[position] = value
                _ = BSONReader.document(changed)
            }
        }
    }

    @Test func `a document nested too deeply reads as nothing`() {
        var document: Document = [:]
        for _ in 0..<150 { document = ["a": .document(document)] }
        let bytes = BSONBytes.with(document) { unsafe BSONBytes.bytes($0) }
        #expect(BSONReader.document(bytes) == nil)
    }

    @Test func `a pattern means its letters`() {
        #expect(LiteralPattern.matching("aB.*\0é") == "[aA][bB]\\.\\*\\x00é")
        #expect(LiteralPattern.matching(String(repeating: "x", count: 5_000)) == nil)
    }
}

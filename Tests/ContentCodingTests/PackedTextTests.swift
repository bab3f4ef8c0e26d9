import ContentCoding
import Testing

struct PackedTextTests {
    @Test(arguments: ["", "a", "Grüße, 世界 👩‍👩‍👧‍👦\r\n\u{0}", String(repeating: "Notes repeat themselves. ", count: 4_000)])
    func `a text comes out as it went in`(text: String) { #expect(PackedText(Array(text.utf8)).text.utf8.elementsEqual(text.utf8)) }
}

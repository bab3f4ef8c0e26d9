import Site
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [("a%20b", "a b"), ("%c3%A9", "é"), ("plain", "plain"), ("", ""), ("%25", "%"), ("%2541", "%41")])
    func `strictly, whole escapes are read`(_ text: String, _ expected: String) {
        #expect(PercentEncoding.decodeStrictly(text) == expected)
        #expect(PercentEncoding.decode(text) == expected)
    }

    @Test(arguments: ["%", "%2", "50%", "%zz", "a%20b%", "%C3", "%FF%FE", "%٣٣"])
    func `strictly, anything else is nothing, and otherwise itself`(_ text: String) {
        #expect(PercentEncoding.decodeStrictly(text) == nil)
        if !text.hasPrefix("a%20") { #expect(PercentEncoding.decode(text) == text) }
    }

    @Test func `escapes are counted, whole and stray ones`() {
        #expect(PercentEncoding.escapes(in: "a%20b%c3%A9") == (3, 0))
        #expect(PercentEncoding.escapes(in: "%25%2%") == (1, 2))
        #expect(PercentEncoding.escapes(in: "none") == (0, 0))
    }

    @Test func `what is encoded whole means itself anywhere`() {
        #expect(PercentEncoding.encodeReserved("a-b._~9/@:é %\n") == "a-b._~9%2F%40%3A%C3%A9%20%25%0A")
        let all = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))
        #expect(PercentEncoding.decodeStrictly(PercentEncoding.encodeReserved(all)) == all)
    }
}

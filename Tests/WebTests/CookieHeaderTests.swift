import Testing

@testable import Web

@Suite struct CookieHeaderTests {
    @Test(arguments: [
        ("session=abc", "abc"), ("a=1; session=abc; b=2", "abc"), ("a=1;session=abc", "abc"), (" session = abc ", "abc"), ("session=a=b==", "a=b=="),
        ("session=", ""), ("session=\"a b\"", "\"a b\""), (";;=;x; session=abc;", "abc"), ("session=first; session=second", "first"),
        ("session=a,b", "a,b"), ("x;\u{301}=; session=ä", "ä"),
    ])
    func `a cookie is found among others, and its value stays as it is`(_ field: String, _ value: String) {
        #expect(CookieHeader.value(of: "session", in: [field]) == value)
    }

    @Test(arguments: ["", "session", "Session=abc", "xsession=abc", "session-=abc", "=abc", "a=session=abc"])
    func `what is called otherwise is not taken for it`(_ field: String) {
        #expect(CookieHeader.value(of: "session", in: [field]) == nil)
    }

    @Test func `a cookie without a name is nobody's`() {
        #expect(CookieHeader.value(of: "", in: ["=abc"]) == nil)
    }

    @Test func `of several fields the first that has the cookie counts`() {
        #expect(CookieHeader.value(of: "session", in: ["a=1", "session=abc", "session=def"]) == "abc")
        #expect(CookieHeader.value(of: "session", in: []) == nil)
    }

    @Test(arguments: ["a\u{0}b", "a\tb", "a\u{7F}b", "a\r\nb", "a\u{85}b", String(repeating: "x", count: 4_097)])
    func `a value that no server sets is none, nor is one behind it`(_ value: String) {
        #expect(CookieHeader.value(of: "session", in: ["session=\(value); session=good"]) == nil)
    }

    @Test func `the longest value that browsers keep is read`() {
        let value = String(repeating: "x", count: 4_096)
        #expect(CookieHeader.value(of: "session", in: ["session=\(value)"]) == value)
    }
}

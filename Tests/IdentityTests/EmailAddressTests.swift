import Identity
import Testing

@Suite struct EmailAddressTests {
    @Test(
        arguments: [
            ("ann@example.org", "ann@example.org"), ("Ann.Lee@Example.ORG", "ann.lee@example.org"), ("  ann@example.org\n", "ann@example.org"),
            ("\u{A0}ann@example.org\u{3000}", "ann@example.org"), ("a@b.c", "a@b.c"), ("root@localhost", "root@localhost"),
            ("o'neil+news@sub.example.co.uk", "o'neil+news@sub.example.co.uk"), ("!#$%&'*/=?^_`{|}~-@example.org", "!#$%&'*/=?^_`{|}~-@example.org"),
            ("1@2.3", "1@2.3"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ]
    )
    func `is kept in lower case, without the blanks around it`(_ text: String, _ expected: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.text == expected)
        #expect(address.description == expected)
        #expect(EmailAddress(address.text) == address)
    }

    @Test(
        arguments: [
            "", " ", "@", "a@", "@b.c", "a", "a.b.c", "a@b", "a@b@c.d", "a@@b.c", "a@.c", "a@b.", "a@b..c", "a@.", "a@b.c.", "a b@c.d", "a@b c.d",
            "a\t@b.c",
            "a@b.c\u{0}", "a\u{0}@b.c", "a\r\nBcc: x@y.z@b.c", "a@b.c\u{1B}x", "a@b.c\u{7F}x", "a\u{200B}@b.c", "a@b\u{200D}.c", "a\u{AD}@b.c",
            "a\u{202E}@b.c", "a@b\u{2066}.c", "a@b.c\u{FEFF}d", "a\u{2028}@b.c", "Ann <ann@b.c>", "<ann@b.c>", "ann@b.c,ben@b.c", "ann@b.c;ben@b.c",
            "éve@example.org", "ann@bücher.example", "a@b@\u{301}c.d", "\"ann\"@b.c", "an\\n@b.c", "a(x)@b.c", "a@[192.0.2.1]", "a:b@c.d",
            "mailto:a@b.c",
        ]
    )
    func `refuses what is no address`(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func `has 254 bytes at most, and 64 before the sign`() {
        func address(_ local: Int, _ total: Int) -> String {
            let head = String(repeating: "a", count: local) + "@"
            let tail = total - head.utf8.count - ".org".utf8.count
            return head + String(repeating: "b", count: tail) + ".org"
        }
        #expect(EmailAddress(address(64, 254)) != nil)
        #expect(EmailAddress(address(64, 255)) == nil)
        #expect(EmailAddress(address(65, 200)) == nil)
        #expect(EmailAddress("  " + address(64, 254) + "  ") != nil)
    }

    @Test func `takes a part of a text`() {
        #expect(EmailAddress("To: ann@example.org".dropFirst(4))?.text == "ann@example.org")
    }

    @Test func `two spellings of one address are one`() {
        #expect(EmailAddress("Ann@Example.org") == EmailAddress("ann@example.ORG"))
        #expect(Set(["a@b.c", "A@b.C", " a@B.c "].compactMap { EmailAddress($0) }).count == 1)
        #expect(EmailAddress("ann+1@example.org") != EmailAddress("ann@example.org"))
    }
}

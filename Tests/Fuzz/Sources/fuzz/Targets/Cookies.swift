@testable import Web

/// The `Cookie` field. An input is the name of a cookie, a line break, and the fields, one a line.
func checkCookies(_ bytes: [UInt8]) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    let name = lines.removeFirst()

    if let value = CookieHeader.value(of: name, in: lines) {
        let scalars = value.unicodeScalars
        expect(value.utf8.count <= CookieHeader.longestValue, "a value has at most \(CookieHeader.longestValue) bytes")
        expect(!scalars.contains(";"), "a value has no semicolon: \(value)")
        expect(!scalars.contains { $0.properties.generalCategory == .control }, "a value has no control character: \(value)")
        expect(scalars.first != " " && scalars.last != " ", "a value has no blank around it: \(value)")
        expect(lines.contains { $0.utf8.contains(value.utf8) }, "a value stands in a field as it is: \(value)")

        let formatted = "\(name)=\(value)"
        expect(CookieHeader.value(of: name, in: [formatted]) == value, "what is formatted is read again: \(formatted)")
        let behind = ["first=1; \(formatted); \(name)=other", "\(name)=other"]
        expect(name == "first" || CookieHeader.value(of: name, in: behind) == value, "the first of a name counts: \(behind)")
    }
    expect(CookieHeader.value(of: "\(name);", in: lines) == nil, "a name has no semicolon: \(name)")
}

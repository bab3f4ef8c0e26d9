/// Names as the text format allows them: `[a-zA-Z_:][a-zA-Z0-9_:]*` for metrics,
/// the same without the colon for labels. Every other character becomes `_`.
enum PrometheusName {
    static func metric(_ name: String) -> String { made(from: name, allowsColon: true) }

    /// Two underscores at the start belong to Prometheus itself; one is left.
    static func label(_ name: String) -> String {
        let name = made(from: name, allowsColon: false)
        guard name.utf8.starts(with: "__".utf8) else { return name }
        return "_" + name.drop { $0 == "_" }
    }

    private static func made(from name: String, allowsColon: Bool) -> String {
        // Nearly every name is right as it is; then nothing is allocated.
        guard let first = name.utf8.first else { return "_" }
        let startsWithDigit = isDigit(first)
        if !startsWithDigit, name.utf8.allSatisfy({ isAllowed($0, allowsColon) }) { return name }
        var made = startsWithDigit ? "_" : ""
        for scalar in name.unicodeScalars {
            made.unicodeScalars.append(scalar.isASCII && isAllowed(UInt8(scalar.value), allowsColon) ? scalar : "_")
        }
        return made
    }

    private static func isAllowed(_ byte: UInt8, _ allowsColon: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: ":"): allowsColon
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

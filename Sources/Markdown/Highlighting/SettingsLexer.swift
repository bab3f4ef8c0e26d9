/// Lines of `key = value` under `[sections]`: ini, TOML, .env files.
enum SettingsLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            scanner.write(scanner.count(while: \.isBlank))
            switch scanner.peek() {
            case UInt8(ascii: "#"), UInt8(ascii: ";"): scanner.write(scanner.restOfLine, as: .comment)
            case UInt8(ascii: "["): scanner.write(scanner.restOfLine, as: .keyword)
            default:
                let length = scanner.count { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\n") }
                if scanner.peek(length) == UInt8(ascii: "=") {
                    scanner.write(length, as: .attribute)
                    scanner.write(1)
                    scanner.write(scanner.restOfLine, as: .string)
                } else {
                    scanner.write(length)
                }
            }
            scanner.write(1)
        }
    }
}

/// A unified diff.
enum DiffLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            let token: Token? =
                switch scanner.peek() {
                case UInt8(ascii: "+"): .inserted
                case UInt8(ascii: "-"): .deleted
                case UInt8(ascii: "@"): .keyword
                default: nil
                }
            scanner.write(scanner.restOfLine, as: token)
            scanner.write(1)
        }
    }
}

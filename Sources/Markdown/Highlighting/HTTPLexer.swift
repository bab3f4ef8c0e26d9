/// An HTTP exchange: request or status lines, header fields, bodies in JSON.
enum HTTPLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            let word = scanner.text(scanner.wordLength())
            if word == "HTTP" {
                scanner.write(scanner.count { !$0.isSpace }, as: .keyword)
                scanner.write(scanner.count(while: \.isBlank))
                scanner.write(scanner.count(while: \.isDigit), as: .number)
            } else if methods.contains(word) {
                scanner.write(word.utf8.count, as: .keyword)
                scanner.write(scanner.count(while: \.isBlank))
                scanner.write(scanner.count { !$0.isSpace }, as: .string)
            } else if scanner.peek() == UInt8(ascii: "{") || scanner.peek() == UInt8(ascii: "[") {
                return JSONLexer.scan(&scanner)
            } else if scanner.peek() == UInt8(ascii: "#") {
                scanner.write(scanner.restOfLine, as: .comment)
            } else {
                let name = scanner.count { $0.isWord || $0 == UInt8(ascii: "-") }
                if name > 0, scanner.peek(name) == UInt8(ascii: ":") {
                    scanner.write(name, as: .attribute)
                    scanner.write(1)
                }
            }
            scanner.write(scanner.restOfLine)
            scanner.write(1)
        }
    }

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"]
}

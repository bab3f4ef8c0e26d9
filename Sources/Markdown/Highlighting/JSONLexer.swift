/// JSON and JSON with comments.
enum JSONLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            let byte = scanner.peek()
            if byte == UInt8(ascii: "\"") {
                let length = scanner.quotedLength(quote: "\"", spansLines: false)
                var next = length
                while scanner.peek(next).isSpace { next += 1 }
                scanner.write(length, as: scanner.peek(next) == UInt8(ascii: ":") ? .attribute : .string)
            } else if scanner.starts(with: "//") {
                scanner.write(scanner.restOfLine, as: .comment)
            } else if byte.isDigit || byte == UInt8(ascii: "-") && scanner.peek(1).isDigit {
                scanner.write(max(1, scanner.count { $0.isWord || "+-.".utf8.contains($0) }), as: .number)
            } else if byte.isLetter {
                scanner.write(scanner.wordLength(), as: .keyword)
            } else {
                scanner.write(1)
            }
        }
    }
}

/// nginx configuration: the first word of each statement is its directive.
enum NginxLexer {
    static func scan(_ scanner: inout CodeScanner) {
        var expectsDirective = true
        while !scanner.isAtEnd {
            let byte = scanner.peek()
            switch byte {
            case UInt8(ascii: "#"): scanner.write(scanner.restOfLine, as: .comment)
            case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"):
                scanner.write(1)
                expectsDirective = true
            case UInt8(ascii: "\""): scanner.write(scanner.quotedLength(quote: "\"", spansLines: true), as: .string)
            case UInt8(ascii: "'"): scanner.write(scanner.quotedLength(quote: "'", spansLines: true), as: .string)
            case UInt8(ascii: "$"): scanner.write(1 + scanner.wordLength(from: 1), as: .variable)
            default:
                guard !byte.isSpace else {
                    scanner.write(1)
                    continue
                }
                let length = max(1, scanner.count { !$0.isSpace && !";{}#$\"'".utf8.contains($0) })
                if expectsDirective {
                    scanner.write(length, as: .keyword)
                } else {
                    let isNumber = byte.isDigit && scanner.text(length).utf8.allSatisfy { $0.isDigit || "kKmMgGsh".utf8.contains($0) }
                    scanner.write(length, as: isNumber ? .number : nil)
                }
                expectsDirective = false
            }
        }
    }
}

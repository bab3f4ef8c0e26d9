/// YAML: keys, strings, numbers, anchors and comments; a block scalar is one string.
enum YAMLLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd { line(&scanner) }
    }

    private static func line(_ scanner: inout CodeScanner) {
        let indentation = scanner.count(while: \.isBlank)
        scanner.write(indentation)
        while scanner.peek() == UInt8(ascii: "-"), scanner.peek(1).isSpace { scanner.write(1 + (scanner.peek(1).isBlank ? 1 : 0)) }
        scanner.write(scanner.count(while: \.isBlank))
        if scanner.starts(with: "---") || scanner.starts(with: "...") { scanner.write(3, as: .comment) }
        key(&scanner)
        var isBlockScalar = false
        while !scanner.isAtEnd, scanner.peek() != UInt8(ascii: "\n") { value(&scanner, isBlockScalar: &isBlockScalar) }
        scanner.write(1)
        if isBlockScalar { blockScalar(&scanner, deeperThan: indentation) }
    }

    private static func key(_ scanner: inout CodeScanner) {
        let first = scanner.peek()
        let length: Int
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            length = scanner.quotedLength(quote: first == UInt8(ascii: "'") ? "'" : "\"", spansLines: false)
        } else {
            guard first.isWord || "/.$<*".utf8.contains(first) else { return }
            // A colon ends a key only where a blank or the line's end follows.
            var end = 0
            while true {
                let byte = scanner.peek(end)
                if byte == 0 || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "#") { return }
                if byte == UInt8(ascii: ":"), scanner.peek(end + 1).isSpace || scanner.peek(end + 1) == 0 { break }
                end += 1
            }
            length = end
        }
        guard scanner.peek(length) == UInt8(ascii: ":") else { return }
        scanner.write(length, as: .attribute)
        scanner.write(1)
    }

    private static func value(_ scanner: inout CodeScanner, isBlockScalar: inout Bool) {
        let byte = scanner.peek()
        switch byte {
        case UInt8(ascii: "#") where scanner.peek(-1).isSpace || scanner.position == 0:
            scanner.write(scanner.restOfLine, as: .comment)
        case UInt8(ascii: "\""): scanner.write(scanner.quotedLength(quote: "\"", spansLines: false), as: .string)
        case UInt8(ascii: "'"): scanner.write(scanner.quotedLength(quote: "'", escape: nil, spansLines: false), as: .string)
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            isBlockScalar = scanner.peek(-1).isBlank
            scanner.write(1, as: .keyword)
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
            scanner.write(1 + scanner.wordLength(from: 1), as: .type)
        case UInt8(ascii: "$") where scanner.peek(1) == UInt8(ascii: "{"):
            let length = scanner.count { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "\n") }
            scanner.write(length + 1, as: .variable)
        case UInt8(ascii: "{"), UInt8(ascii: ","):
            scanner.write(1 + scannerBlanks(scanner))
            key(&scanner)
        default:
            let length = scanner.count { !$0.isSpace && !",]}#$\"".utf8.contains($0) }
            let word = scanner.text(length)
            if ["true", "false", "null", "yes", "no", "on", "off", "~"].contains(word) {
                scanner.write(length, as: .keyword)
            } else if byte.isDigit, word.utf8.allSatisfy({ $0.isDigit || ".:_-".utf8.contains($0) }) {
                scanner.write(length, as: .number)
            } else {
                scanner.write(max(length, 1))
            }
        }
    }

    private static func scannerBlanks(_ scanner: CodeScanner) -> Int {
        var blanks = 0
        while scanner.peek(1 + blanks).isBlank { blanks += 1 }
        return blanks
    }

    private static func blockScalar(_ scanner: inout CodeScanner, deeperThan indentation: Int) {
        while !scanner.isAtEnd {
            let blanks = scanner.count(while: \.isBlank)
            guard blanks > indentation || scanner.peek(blanks) == UInt8(ascii: "\n") else { return }
            scanner.write(blanks)
            scanner.write(scanner.restOfLine, as: .string)
            scanner.write(1)
        }
    }
}

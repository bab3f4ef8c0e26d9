/// The words and marks of one programming language, for languages whose code is
/// words, strings, numbers and comments.
struct Grammar: Sendable {
    /// Names and endings by which a fence may ask for it.
    var names: String
    var keywords: Set<String>
    var constants: Set<String> = ["true", "false", "null", "nil", "undefined", "self", "this"]
    var lineComments = ["//"]
    var blockComment: (open: String, close: String)? = ("/*", "*/")
    /// Longest first.
    var quotes: [Quote] = [Quote("\""), Quote("'")]
    /// Whether `SELECT` and `select` are one word.
    var ignoresCase = false
    /// Begins an attribute or decorator.
    var attributeMark: UInt8? = UInt8(ascii: "@")

    struct Quote: Sendable {
        let mark: String
        var spansLines = false
        var token = Token.string

        init(_ mark: String, spansLines: Bool = false, token: Token = .string) {
            self.mark = mark
            self.spansLines = spansLines
            self.token = token
        }
    }

    func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            let byte = scanner.peek()
            if lineComments.contains(where: { scanner.starts(with: $0) }) {
                scanner.write(scanner.restOfLine, as: .comment)
            } else if let (open, close) = blockComment, scanner.starts(with: open) {
                scanner.write(commentLength(scanner, open: open, close: close), as: .comment)
            } else if let quote = quotes.first(where: { scanner.starts(with: $0.mark) }) {
                scanner.write(scanner.quotedLength(quote: quote.mark, spansLines: quote.spansLines), as: quote.token)
            } else if byte.isDigit {
                scanner.write(scanner.numberLength, as: .number)
            } else if byte.isWord || byte == UInt8(ascii: "$") {
                word(&scanner)
            } else if byte == attributeMark, scanner.peek(1).isLetter {
                scanner.write(1 + scanner.wordLength(from: 1), as: .attribute)
            } else if byte == UInt8(ascii: "#"), attributeMark != nil, scanner.peek(1).isLetter {
                scanner.write(1 + scanner.wordLength(from: 1), as: .keyword)
            } else {
                scanner.write(1)
            }
        }
    }

    private func word(_ scanner: inout CodeScanner) {
        let length = max(scanner.count { $0.isWord || $0 == UInt8(ascii: "$") }, 1)
        let word = scanner.text(length)
        let known = ignoresCase ? word.lowercased() : word
        if keywords.contains(known) {
            scanner.write(length, as: .keyword)
        } else if constants.contains(known) {
            scanner.write(length, as: .number)
        } else if scanner.peek(length) == UInt8(ascii: "(") {
            scanner.write(length, as: .function)
        } else if scanner.peek().isUppercase, !ignoresCase {
            scanner.write(length, as: .type)
        } else {
            scanner.write(length)
        }
    }

    private func commentLength(_ scanner: CodeScanner, open: String, close: String) -> Int {
        let rest = scanner.count { _ in true }
        let last = close.utf8.last ?? 0
        var length = open.utf8.count + close.utf8.count
        while length <= rest {
            if scanner.peek(length - 1) == last, scanner.peek(length - 2) == close.utf8.first { return length }
            length += 1
        }
        return rest
    }
}

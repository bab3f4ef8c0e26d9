/// bash and its relatives: the first word of a command, options, variables,
/// quotes, comments; prompts of a console are kept quiet.
enum ShellLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd { line(&scanner) }
    }

    /// One command line; also what follows `RUN` in a Dockerfile.
    static func line(_ scanner: inout CodeScanner) {
        var expectsCommand = true
        if scanner.isAtLineStart, scanner.starts(with: "$ ") || scanner.starts(with: "> ") { scanner.write(2, as: .comment) }
        while !scanner.isAtEnd {
            let byte = scanner.peek()
            switch byte {
            case UInt8(ascii: "\n"):
                return scanner.write(1)
            case UInt8(ascii: "\\"):
                // An escaped line break goes on with the same command.
                scanner.write(2)
            case UInt8(ascii: "#") where scanner.position == 0 || scanner.peek(-1).isSpace:
                scanner.write(scanner.restOfLine, as: .comment)
            case UInt8(ascii: "'"):
                scanner.write(scanner.quotedLength(quote: "'", escape: nil, spansLines: true), as: .string)
                expectsCommand = false
            case UInt8(ascii: "\""):
                scanner.write(scanner.quotedLength(quote: "\"", spansLines: true), as: .string)
                expectsCommand = false
            case UInt8(ascii: "$"):
                variable(&scanner)
                expectsCommand = false
            case UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: "{"):
                scanner.write(1)
                expectsCommand = true
            case UInt8(ascii: "-") where scanner.peek(-1).isSpace:
                scanner.write(scanner.count { $0.isWord || $0 == UInt8(ascii: "-") }, as: .attribute)
            default:
                guard byte.isWord || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "~") else {
                    scanner.write(1)
                    continue
                }
                word(&scanner, expectsCommand: &expectsCommand)
            }
        }
    }

    private static func word(_ scanner: inout CodeScanner, expectsCommand: inout Bool) {
        let length = scanner.count { $0.isWord || "-./~:@%+,*".utf8.contains($0) }
        let word = scanner.text(length)
        if keywords.contains(word) {
            scanner.write(length, as: .keyword)
            expectsCommand = !["for", "in", "case", "function"].contains(word)
        } else if expectsCommand, scanner.peek(length) == UInt8(ascii: "=") {
            scanner.write(length, as: .variable)
            scanner.write(1)
            // The value may be a word of its own: it is no command.
            scanner.write(scanner.count { $0.isWord || "-./~:@%+,*".utf8.contains($0) })
        } else if expectsCommand {
            scanner.write(length, as: .function)
            expectsCommand = prefixes.contains(word)
        } else if scanner.peek().isDigit, word.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) {
            scanner.write(length, as: .number)
        } else {
            scanner.write(length)
        }
    }

    private static func variable(_ scanner: inout CodeScanner) {
        switch scanner.peek(1) {
        case UInt8(ascii: "{"):
            let length = scanner.count { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "\n") }
            scanner.write(scanner.peek(length) == UInt8(ascii: "}") ? length + 1 : length, as: .variable)
        case UInt8(ascii: "("):
            scanner.write(1)
        case let next where next.isWord:
            scanner.write(1 + scanner.wordLength(from: 1), as: .variable)
        default:
            scanner.write("?#@*!$-".utf8.contains(scanner.peek(1)) ? 2 : 1, as: .variable)
        }
    }

    private static let keywords: Set = [
        "if", "then", "else", "elif", "fi", "for", "in", "do", "done", "while", "until", "case", "esac", "function", "return", "export", "local",
        "readonly", "set", "unset", "source", "exit", "break", "continue",
    ]
    /// Commands whose first argument is a command.
    private static let prefixes: Set = ["sudo", "exec", "env", "time", "nohup", "xargs", "command"]
}

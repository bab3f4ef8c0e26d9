/// A Dockerfile: an instruction, then a shell line.
enum DockerfileLexer {
    static func scan(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd {
            scanner.write(scanner.count(while: \.isBlank))
            let length = scanner.wordLength()
            let word = scanner.text(length)
            guard instructions.contains(word.uppercased()), scanner.peek(length).isSpace else {
                ShellLexer.line(&scanner)
                continue
            }
            scanner.write(length, as: .keyword)
            if ["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"].contains(word.uppercased()) {
                ShellLexer.line(&scanner)
            } else {
                arguments(&scanner)
            }
        }
    }

    private static func arguments(_ scanner: inout CodeScanner) {
        while !scanner.isAtEnd, scanner.peek() != UInt8(ascii: "\n") {
            switch scanner.peek() {
            case UInt8(ascii: "\""): scanner.write(scanner.quotedLength(quote: "\"", spansLines: false), as: .string)
            case UInt8(ascii: "\\"): scanner.write(2)
            case UInt8(ascii: "$"):
                let braces = scanner.peek(1) == UInt8(ascii: "{")
                scanner.write(braces ? scanner.count { $0 != UInt8(ascii: "}") && !$0.isSpace } + 1 : 1 + scanner.wordLength(from: 1), as: .variable)
            case UInt8(ascii: "-") where scanner.starts(with: "--"):
                scanner.write(scanner.count { $0.isWord || $0 == UInt8(ascii: "-") }, as: .attribute)
            default:
                let length = scanner.wordLength()
                scanner.write(max(length, 1), as: scanner.text(length).uppercased() == "AS" ? .keyword : nil)
            }
        }
    }

    private static let instructions: Set = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER",
        "VOLUME", "WORKDIR",
    ]
}

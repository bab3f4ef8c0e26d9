import Foundation

/// Lines for people, in colour where they see them.
enum Terminal {
    enum Tone {
        /// To the standard output.
        case good
        /// To the standard error.
        case bad, plain
    }

    static func say(_ line: String, as tone: Tone) {
        let (file, colour): (FileHandle, String?) =
            switch tone {
            case .good: (.standardOutput, "32")
            case .bad: (.standardError, "31")
            case .plain: (.standardError, nil)
            }
        let wantsColour = isatty(file.fileDescriptor) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        let text = colour.map { wantsColour ? "\u{1B}[\($0)m\(line)\u{1B}[0m" : line } ?? line
        // Nobody is left to be told that nobody reads it.
        try? file.write(contentsOf: Data("\(text)\n".utf8))
    }
}

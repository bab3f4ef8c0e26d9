/// Raw HTML in a note is never passed through; what it says in words is kept.
enum RawHTML {
    /// Comments and line breaks need no word to the author.
    static func isHarmless(_ literal: String) -> Bool { isLineBreak(literal) || literal.trimmed.hasPrefix("<!--") }

    static func isLineBreak(_ literal: String) -> Bool {
        ["<br>", "<br/>", "<br />"].contains(literal.lowercased())
    }

    /// The text between the tags; nothing of a script, a style or a comment.
    static func words(in literal: String) -> String {
        var words = ""
        var rest = literal[...]
        while let open = rest.firstIndex(of: "<") {
            words += rest[..<open]
            rest = rest[open...]
            let lower = rest.prefix(8).lowercased()
            let end: Substring.Index?
            if lower.hasPrefix("<!--") {
                end = rest.firstRange(of: "-->")?.upperBound
            } else if lower.hasPrefix("<script") || lower.hasPrefix("<style") {
                end = nil
            } else {
                end = rest.firstIndex(of: ">").map(rest.index(after:))
            }
            guard let end else { return words.trimmed }
            rest = rest[end...]
        }
        return (words + rest).trimmed
    }
}

/// What a partial says in many documents, and where it says something about one of them.
struct PreparedFragment: Sendable {
    var text = ""
    /// By mark: where what is said about it belongs, in UTF-8 offsets, and what that is.
    var marks: [String: [(offset: Int, text: String)]] = [:]
    /// Names that were looked for and are not there; where they are, the partial may say something else.
    var names: Set<String> = []
    /// Whether it says the same in every document, but for marks.
    var isSame = true

    func write(for mark: String, to output: inout String) {
        var rest = text[...]
        var start = 0
        for place in marks[mark] ?? [] {
            let index = rest.utf8.index(rest.utf8.startIndex, offsetBy: place.offset - start)
            output += rest[..<index]
            output += place.text
            rest = rest[index...]
            start = place.offset
        }
        output += rest
    }
}

/// Stands in a context where `true` stands in the documents of this name, and `false` in all others.
struct TemplateMark {
    let name: String
}

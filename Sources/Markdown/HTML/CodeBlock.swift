/// A fence: a drawing, a tree, or highlighted code.
struct CodeBlock {
    let language: String
    let literal: String

    init(info: String, literal: String) {
        language = info.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "{" }).first.map { $0.lowercased() } ?? ""
        self.literal = literal
    }

    /// - Parameter diagrams: how many drawings the page has so far; each needs a name of its own.
    func write(to html: inout HTMLBuffer, diagrams: inout Int) {
        if ["", "text", "txt", "plain", "plaintext", "ascii", "diagram"].contains(language) {
            if let drawing = BoxDrawing(literal) {
                diagrams += 1
                return drawing.write(to: &html, number: diagrams)
            }
            let bytes = literal.utf8.span
            if bytes.contains("├─") || bytes.contains("└─") {
                html.markup("<pre class=\"tree\" tabindex=\"0\"><code>")
                html.text(literal)
                html.markup("</code></pre>\n")
                return
            }
        }
        html.markup("<div class=\"code\"")
        if !language.isEmpty {
            html.markup(" data-language=\"")
            html.text(language)
            html.markup("\"")
        }
        html.markup("><pre tabindex=\"0\"><code")
        if !language.isEmpty {
            html.markup(" class=\"language-")
            html.text(language)
            html.markup("\"")
        }
        html.markup(">")
        Highlighter.write(literal, language: language, to: &html)
        html.markup("</code></pre></div>\n")
    }
}

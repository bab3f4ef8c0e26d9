import Markdown
import Testing

@Suite struct BoxDrawingTests {
    private let drawing = """
        ```
        ┌─────┐
        │ Web ├──► in
        └──┬──┘
           ▼
        ```
        """

    @Test func `a drawing becomes SVG with its boxes, lines, arrows and words`() throws {
        let svg = try html(drawing)
        #expect(svg.contains("<figure class=\"diagram\" tabindex=\"0\" role=\"region\""))
        #expect(svg.count(of: "<rect class=\"d-box\"") == 1)
        #expect(svg.count(of: "<path class=\"d-head\"") == 2)
        #expect(svg.contains("textLength=\"25.2\" lengthAdjust=\"spacingAndGlyphs\">Web</text>"))
        #expect(svg.contains("aria-label=\"Diagram: Web, in\""))
        #expect(!svg.contains("style="))
    }

    @Test func `a folder tree stays text, so that it can be copied`() throws {
        #expect(try html("```\na/\n├── b\n└── c\n```").hasPrefix("<pre class=\"tree\" tabindex=\"0\"><code>a/\n├── b"))
    }

    @Test func `words are escaped`() throws {
        #expect(try html("```\n┌───┐\n│<b>│\n└───┘\n```").contains(">&lt;b&gt;</text>"))
    }

    @Test func `a drawing that is too large stays text`() throws {
        let rows = (0..<300).map { _ in "│ │" }.joined(separator: "\n")
        #expect(!(try html("```\n┌─┐\n\(rows)\n└─┘\n```").contains("<svg")))
    }
}

extension String {
    func count(of part: String) -> Int { ranges(of: part).count }
}

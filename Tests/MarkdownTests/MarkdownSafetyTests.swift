import Markdown
import Site
import Testing

@Suite struct MarkdownSafetyTests {
    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\u{0}script:alert(1)", " javascript:alert(1)", "vbscript:x", "data:text/html,<script>",
        "java\tscript:alert(1)", "java\u{200B}script:alert(1)", "&#106;avascript:alert(1)", "javascript&colon;alert(1)", "\\javascript:alert(1)",
        "file:///etc/passwd", "//evil.example/x", "/\\evil.example/x", "feed:javascript:alert(1)",
    ])
    func `a scheme that runs script is dead in every disguise`(_ destination: String) throws {
        for markdown in ["[x](<\(destination)>)", "[x](\(destination))", "<\(destination)>", "[x][r]\n\n[r]: \(destination)", "![x](\(destination))"]
        {
            let result = try html(markdown).lowercased()
            #expect(!result.contains("href=\"java") && !result.contains("href=\"vb") && !result.contains("href=\"data"), "\(markdown) gave \(result)")
            #expect(!result.contains("href=\"//") && !result.contains("href=\"/\\") && !result.contains("href=\"file"), "\(markdown) gave \(result)")
        }
    }

    @Test(arguments: ["http\u{10}s://a.example", "http\u{B}://a.example", "\u{10}https://a.example", "\u{200B}https://a.example"])
    func `a scheme that is none as it is written leads nowhere`(_ destination: String) throws {
        #expect(try html("[x](<\(destination)>)") == "<p>x</p>\n")
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick=x>b</b>", "<svg/onload=alert(1)>", "<iframe src=x></iframe>",
        "<style>*{}</style>", "<a href=\"javascript:alert(1)\">x</a>", "<!-- <script> -->", "<SCRIPT\nx>1</SCRIPT>",
        "<details open ontoggle=alert(1)>",
    ])
    func `raw HTML never passes through`(_ markdown: String) throws {
        let result = try html(markdown).lowercased()
        for tag in ["<script", "<img", "<b", "<svg", "<iframe", "<style", "<a ", "<details", "onerror=", "onload=\""] {
            #expect(!result.contains(tag), "\(markdown) gave \(result)")
        }
    }

    @Test(arguments: ["](x\" onmouseover=\"alert(1)", "\"><script>", "' onfocus='x"])
    func `no text leaves its attribute`(_ text: String) throws {
        let result = try html("[a](/b \"\(text)\") ![\(text)](c.png) [[\(text)]]")
        #expect(!result.contains("<script>"))
        #expect(!result.contains("\" onmouseover"))
    }

    @Test func `a line break is the one tag that is kept`() throws {
        #expect(try html("a<br>b<br/>c") == "<p>a<br>\nb<br>\nc</p>\n")
    }

    @Test(arguments: ["&Hat;", "&#94;", "\\^"])
    func `a caret that is written otherwise is no footnote, and nothing beside it is lost`(_ caret: String) throws {
        let long = String(repeating: "a", count: 900_000)
        #expect(try html("Foot[^1] and x [\(caret)\(long)] y\n\n[^1]: note").contains("[^\(long)] y"))
        #expect(try html("x [\(caret)abc] y") == "<p>x [^abc] y</p>\n")
    }

    @Test(arguments: [
        ("a\n:-:", "<table"), ("a\n-:", "<table"), ("a | b\n--|--", "<table"), ("a\n--\u{0B}", "<table"), ("x www.example.org", "href=\"http://www."),
        ("x https://example.org", "href=\"https://"), ("me&#64;example.org", "mailto:"), ("me&commat;example.org", "mailto:"),
        ("me@example.org", "mailto:"), ("1. [X] a", "type=\"checkbox\""), ("+ [ ] a", "type=\"checkbox\""), ("a ~b~", "<del>"),
        ("a[^b]\n\n[^b]: c", "footnote"),
    ])
    func `an extension is there whatever brings its character`(_ markdown: String, _ expected: String) throws {
        let result = try html(markdown)
        #expect(result.contains(expected), "\(markdown.debugDescription) gave \(result)")
    }

    @Test func `texts that would cost more than honest ones are refused before they are parsed`() {
        let bombs = [
            String(repeating: "a", count: 2 << 20),
            String(repeating: "| a ", count: 800) + "|\n" + String(repeating: "|-", count: 800) + "|\n" + String(repeating: "|\n", count: 800),
            String(repeating: ">", count: 20_000) + " a",
            String(repeating: "- ", count: 20_000) + "a",
            String(repeating: "[", count: 50_000),
            "[a]: /" + String(repeating: "x", count: 25_000) + "\n\n" + String(repeating: "[a] ", count: 800),
            "> [a\n> b]: /x '" + String(repeating: "x\n", count: 12_000) + "'\n\n" + String(repeating: "[a b] ", count: 800),
        ]
        for bomb in bombs {
            let time = ContinuousClock().measure {
                #expect(throws: MarkdownLimits.Excess.self) { try MarkdownDocument(parsing: bomb) }
            }
            #expect(time < .milliseconds(200))
        }
        #expect(throws: MarkdownLimits.Excess.self) {
            try MarkdownDocument(parsing: String(repeating: "*a **b ", count: 2_000) + String(repeating: "b** a*", count: 2_000))
        }
    }

    @Test func `links that are not found as they are written cost no more than a few looks at the text`() throws {
        let document = try MarkdownDocument(parsing: "[a]: /x\n\n" + String(repeating: "[a] ", count: 10_000))
        let time = ContinuousClock().measure { #expect(document.facts().links.count == 10_000) }
        #expect(time < .seconds(10))
    }

    @Test func `honest texts of any shape are not refused`() throws {
        let rule = String(repeating: "-", count: 300)
        let table = "| a | b |\n|---|---|\n" + String(repeating: "| 1 | 2 |\n", count: 2_000)
        let references = (1...3_000).map { "[\($0)]: https://a.example/issues/\($0) 'Title'\n" }.joined()
        _ = try MarkdownDocument(parsing: references + "\n" + (1...3_000).map { "- fixed [\($0)] and [^1]\n" }.joined() + "\n[^1]: A footnote")
        _ = try MarkdownDocument(parsing: "\(rule)\n\n\(table)\n\n" + String(repeating: "word [link](/x) ", count: 5_000))
    }
}

import Markdown
import Site
import Testing

/// Leads every wikilink to a page of its name, but those that begin with "Missing".
struct EveryPage: LinkResolver {
    func resolve(_ target: LinkTarget) -> ResolvedLink {
        switch target {
        case .wiki(let parts):
            parts[0].hasPrefix("Missing") ? .wanted(title: parts[0]) : .page(PagePath(file: parts[0]), anchor: nil, text: nil)
        case .destination(let destination):
            switch LinkSafety.scheme(of: destination) {
            case nil: .dead
            case "": .file(destination)
            default: .external(destination)
            }
        }
    }

    func resolveImage(_ destination: String) -> ResolvedImage {
        destination.hasPrefix("http") ? .remote(destination) : destination == "none.png" ? .dead : .image(url: destination, width: 40, height: 30)
    }
}

func html(_ text: String) throws -> String { try MarkdownDocument(parsing: text).body(links: EveryPage()).html }

@Suite struct MarkdownHTMLTests {
    @Test(arguments: [
        ("a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>\n"),
        ("line  \nbreak", "<p>line<br>\nbreak</p>\n"),
        ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        (
            "- [x] done\n- [ ] open",
            "<ul class=\"tasks\">\n<li class=\"task\"><input type=\"checkbox\" disabled checked aria-label=\"Done\"> done</li>\n<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"To do\"> open</li>\n</ul>\n"
        ),
        ("www.example.org", "<p><a class=\"external\" rel=\"noopener\" href=\"http://www.example.org\">www.example.org</a></p>\n"),
        ("> [!WARNING]\n> Hot", "<div class=\"alert alert-warning\" role=\"note\"><p class=\"alert-title\">Warning</p>\n<p>Hot</p>\n</div>\n"),
        (
            "> [!info] Read *this*\n> Cold",
            "<div class=\"alert alert-note\" role=\"note\"><p class=\"alert-title\">Read this</p>\n<p>Cold</p>\n</div>\n"
        ),
        ("> [!unknown]\n> Text", "<blockquote>\n<p>[!unknown]\nText</p>\n</blockquote>\n"),
        ("#one #two-b", "<p class=\"hashtags\"><a href=\"/tags/one\">#one</a> <a href=\"/tags/two-b\">#two-b</a></p>\n"),
        ("see #one", "<p>see #one</p>\n"),
        (
            "![A map](map.png \"Title\")",
            "<p><img src=\"map.png\" alt=\"A map\" width=\"40\" height=\"30\" title=\"Title\" loading=\"lazy\" decoding=\"async\"></p>\n"
        ),
        ("![Far](https://example.org/x.png)", "<p><a class=\"external\" rel=\"noopener\" href=\"https://example.org/x.png\">Far</a></p>\n"),
    ])
    func `markdown becomes this HTML`(_ markdown: String, _ expected: String) throws {
        #expect(try html(markdown) == expected)
    }

    @Test(arguments: [
        ("[[Home]]", "<a href=\"/home\">Home</a>"),
        ("[[Home|Start here]]", "<a href=\"/home\">Start here</a>"),
        ("[[GCE|deployment/GCE]]", "<a href=\"/gce\">GCE</a>"),
        ("[[SSL|guides/SSL|Set up]]", "<a href=\"/ssl\">Set up</a>"),
        ("[[Missing Page]]", "<span class=\"wanted\" title=\"Not written yet\">Missing Page</span>"),
        ("`[[Home]]`", "<code>[[Home]]</code>"),
        ("[[Home", "[[Home"),
        ("[[]]", "[[]]"),
        ("a [[Home]] b [[Start]] c", "a <a href=\"/home\">Home</a> b <a href=\"/start\">Start</a> c"),
    ])
    func `wikilinks of every form lead somewhere, and never inside code`(_ markdown: String, _ expected: String) throws {
        #expect(try html(markdown) == "<p>\(expected)</p>\n")
    }

    @Test func `a fence keeps wikilinks as they are written`() throws {
        #expect(try html("```\n[[Home]]\n```").contains("[[Home]]"))
    }

    @Test func `a fence of four backquotes may hold one of three`() throws {
        let html = try html("````markdown\n```bash\nls\n```\n````\n\nafter")
        #expect(html.contains("```bash"))
        #expect(html.contains("<p>after</p>"))
    }

    @Test func `footnotes are numbered, listed last and lead back`() throws {
        let html = try html("a[^x] b[^y] c[^x]\n\n[^y]: second\n[^x]: first")
        #expect(html.contains("<a id=\"fnref-1\" href=\"#fn-1\""))
        #expect(html.contains("<a id=\"fnref-1-2\" href=\"#fn-1\""))
        #expect(html.contains("<li id=\"fn-1\"><p>first</p>"))
        #expect(html.contains("<li id=\"fn-2\"><p>second</p>"))
        #expect(html.contains("href=\"#fnref-1-2\""))
    }

    @Test func `tables keep their alignment and can be scrolled by keyboard`() throws {
        let html = try html("| a | b |\n|:-:|--:|\n| 1 | 2 |")
        #expect(html.contains("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Table 1\">"))
        #expect(html.contains("<th scope=\"col\" class=\"align-center\">a</th>"))
        #expect(html.contains("<td class=\"align-right\">2</td>"))
    }

    @Test func `the first H1 is the title, later ones are sections`() throws {
        let document = try MarkdownDocument(parsing: "# Title\n\ntext\n\n# Part\n\n## Sub")
        #expect(document.facts().title == "Title")
        let html = document.body(links: EveryPage()).html
        #expect(!html.contains("<h1"))
        #expect(html.contains("<h2 id=\"part\">Part"))
    }

    @Test func `a body is cut at its H2s and those at their H3s`() throws {
        let body = try MarkdownDocument(parsing: "# T\n\nlead\n\n## A\n\nintro\n\n### A1\n\none\n\n### A2\n\ntwo\n\n## B\n\nlast[^1]\n\n[^1]: note")
            .body(links: EveryPage())
        #expect(body.lead == "<p>lead</p>\n")
        #expect(body.sections.map(\.heading.title) == ["A", "B"])
        #expect(body.sections[0].html == "<p>intro</p>\n")
        #expect(body.sections[0].items.map(\.html) == ["<p>one</p>\n", "<p>two</p>\n"])
        #expect(!body.sections[1].html.contains("footnotes"))
    }
}

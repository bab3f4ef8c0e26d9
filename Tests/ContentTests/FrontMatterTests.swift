import Foundation
import Site
import Testing

@Suite struct FrontMatterTests {
    @Test func `every key is read`() throws {
        let site = try load([
            "a.md": """
            ---
            title: "A: first"
            description: What it is
            tags: [one, "two words", '#three']
            created: 2026-02-07
            updated: 2026-02-08T10:30:00+02:00
            related: ["[[B]]", C]
            aliases: [/old/place, Older Place.html]
            order: 5
            template: page
            noindex: true
            ---
            # A

            text
            """,
            "b.md": "# B", "c.md": "# C",
        ])
        let page = try #require(site.page("/a"))
        #expect(site.reports == [])
        #expect(page.title == "A: first")
        #expect(page.heading == "A")
        #expect(page.summary == "What it is")
        #expect(page.tags.map(\.slug) == ["one", "two-words", "three"])
        #expect(page.created == Date(timeIntervalSince1970: 1_770_422_400))
        #expect(page.updated == Date(timeIntervalSince1970: 1_770_539_400))
        #expect(page.related.map(\.path) == [PagePath(canonical: "/b"), PagePath(canonical: "/c")])
        #expect(site.aliases[PagePath(canonical: "/old/place")] == page.path)
        #expect(site.aliases[PagePath(canonical: "/older-place")] == page.path)
        #expect(page.order == 5)
        #expect(page.template == "page")
        #expect(page.isHiddenFromSearch)
    }

    @Test func `Obsidian's lists of links are understood and reported with the correction`() throws {
        let site = try load(["a.md": "---\ntitle: A\nrelated: [[B]], [[C, D]]\n---\n", "b.md": "# B", "c.md": "# C, D"])
        #expect(site.page("/a")?.related.map(\.title) == ["B", "C, D"])
        #expect(site.page("/a")?.related.compactMap(\.path).count == 2)
        #expect(site.reports == ["a.md:3:10: warning: unquoted `[[…]]` is Obsidian's way, not YAML"])
        #expect(site.diagnostics[0].remedy == "write `related: [\"[[B]]\", \"[[C, D]]\"]`")
    }

    @Test func `no front matter gives the H1 as title, no H1 the file's name`() throws {
        let site = try load(["one.md": "# The One\n\ntext", "my-second_note.md": "text", "docs/index.md": "text"])
        #expect(site.page("/one")?.title == "The One")
        #expect(site.page("/my-second_note")?.title == "My second note")
        #expect(site.page("/docs")?.title == "Docs")
    }

    @Test(arguments: [
        ("titel: A", "a.md:2:1: warning: unknown key `titel`"),
        ("created: 2026-02-30", "a.md:2:10: error: `created` is not a date"),
        ("order: soon", "a.md:2:8: error: `order` is not a whole number"),
        ("draft: maybe", "a.md:2:8: error: `draft` is neither true nor false"),
        ("title: [a, b]", "a.md:2:8: error: `title` is a list or a map, not text"),
        ("template: nowhere", "a.md:2:11: error: there is no template `nowhere`"),
        ("title: a: b", "a.md:2:9: error: the front matter is not YAML: mapping values are not allowed in this context"),
        ("- a", "a.md:2:1: error: the front matter is not a list of `key: value` lines"),
    ])
    func `a wrong line is named by file, line and column`(_ line: String, _ report: String) throws {
        let site = try load(["a.md": "---\n\(line)\n---\n# A"], showsDrafts: true)
        #expect(site.reports == [report])
        #expect(site.page("/a") != nil)
    }

    @Test func `an unknown key that is nearly known is corrected`() throws {
        #expect(try load(["a.md": "---\ntitel: A\n---\n"]).diagnostics[0].remedy == "did you mean `title`?")
    }

    @Test func `front matter without an end is reported, and the text stays`() throws {
        let site = try load(["a.md": "---\ntitle: A\n\ntext"])
        #expect(site.reports == ["a.md:1:1: error: the front matter has no end"])
        #expect(site.html("/a").contains("text"))
    }

    @Test func `one broken line never publishes a draft`() throws {
        let site = try load(["a.md": "---\ntitle: a: b\ndraft: true\n---\ntext"])
        #expect(site.page("/a") == nil)
        #expect(site.reports.count == 1)
    }

    @Test(arguments: ["draft: true\ndraft: false", "draft: false\ndraft: true"])
    func `a note that says both is a draft`(_ lines: String) throws {
        let site = try load(["a.md": "---\n\(lines)\n---\ntext"])
        #expect(site.page("/a") == nil)
        #expect(site.reports.count == 1)
    }

    @Test func `a draft flag or a publish date that cannot be read keeps the page back`() throws {
        #expect(try load(["a.md": "---\ndraft: perhaps\n---\n"]).page("/a") == nil)
        #expect(try load(["a.md": "---\npublish: someday\n---\n"]).page("/a") == nil)
    }

    @Test func `a long or deeply aliased head costs nothing`() throws {
        var bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, other) in zip("bcdefgh", "abcdefg") {
            bomb += "\(name): &\(name) [\(Array(repeating: "*\(other)", count: 9).joined(separator: ","))]\n"
        }
        #expect(try load(["a.md": bomb + "tags: *h\n---\ntext"]).page("/a") != nil)
        #expect(try load(["a.md": "---\ntitle: \(String(repeating: "x", count: 20_000))\n---\n"]).reports.first?.contains("longer than") == true)
    }
}

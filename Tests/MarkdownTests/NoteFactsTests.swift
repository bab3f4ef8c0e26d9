import Markdown
import Site
import Testing

@Suite struct NoteFactsTests {
    @Test(arguments: [
        ("🚀 Quick Links", "-quick-links"), ("CI/CD Pipeline", "cicd-pipeline"), ("What's `new`?", "whats-new"), ("Ärger & Co.", "ärger--co"),
        ("a_b-c", "a_b-c"), ("Step 1: Go", "step-1-go"),
    ])
    func `anchors follow GitHub's rule`(_ title: String, _ id: String) throws {
        #expect(try MarkdownDocument(parsing: "# T\n\n## \(title)").facts().headings.map(\.id) == [id])
    }

    @Test func `a repeated anchor is counted, and never meets another's own name`() throws {
        let facts = try MarkdownDocument(parsing: "## A\n\n## A\n\n## A 1\n\n## A").facts()
        #expect(facts.headings.map(\.id) == ["a", "a-1", "a-1-1", "a-2"])
    }

    @Test func `links are found where they stand, also the second of two alike`() throws {
        let text = "# T\n\nSee [[A]] and\n[b](b.md), then [[A]].\n\n- x [[C|d]] `[[N]]`\n\n| t | u |\n|---|---|\n| [[E]] | [f](f.md#g) |\n"
        let places = try MarkdownDocument(parsing: text).facts().links.map { link in
            let target =
                switch link.target {
                case .wiki(let parts): "[[\(parts.joined(separator: "|"))]]"
                case .destination(let destination): destination
                }
            return "\(target)@\(link.line):\(link.column)"
        }
        #expect(places == ["[[A]]@3:5", "b.md@4:1", "[[A]]@4:17", "[[C|d]]@6:5", "[[E]]@10:3", "f.md#g@10:11"])
    }

    @Test func `the excerpt is the first paragraph, cut between words`() throws {
        let words = Array(repeating: "word", count: 100).joined(separator: " ")
        let excerpt = try MarkdownDocument(parsing: "# T\n\n#tag\n\n\(words)\n\nmore").facts().excerpt
        #expect(excerpt.count <= 200)
        #expect(excerpt.hasSuffix("word…"))
    }

    @Test func `hashtag lines are tags and other hashes are not`() throws {
        let facts = try MarkdownDocument(parsing: "#one #two/three\n\ntext #four\n\n#1 #2").facts()
        #expect(facts.hashtags == ["one", "two/three"])
    }

    @Test func `raw HTML is named by its line`() throws {
        #expect(try MarkdownDocument(parsing: "a\n\n<div>\nb\n</div>\n\n<!-- c -->").facts().rawHTMLLines == [3])
    }

    @Test(arguments: [0, 1, 2, 15, 16, 17, 18, 33, 100, 3_000])
    func `every word is counted once, in texts of any length`(_ count: Int) throws {
        // Of all lengths up to 23, so that words begin and end at every place of whatever is looked at together.
        let words = (0..<count).map { String(repeating: $0 % 5 == 0 ? "é" : "a", count: $0 * 7 % 23 + 1) }
        for blank in [" ", "\n", "  ", " \t "] {
            #expect(try MarkdownDocument(parsing: words.joined(separator: blank)).facts().wordCount == count, "\(blank.debugDescription)")
        }
        let marked = words.enumerated().map { $0 % 3 == 0 ? "*\($1)*" : $0 % 7 == 0 ? "`\($1)`" : $1 }
        #expect(try MarkdownDocument(parsing: marked.joined(separator: " ")).facts().wordCount == count)
    }
}

import TestSupport
import Testing

@testable import Content

/// Plain lines are read without YAML's parser, and must say what it says of them.
@Suite struct PlainFrontMatterTests {
    private static func reader(_ lines: [String], knowsPlain: Bool) -> FrontMatterReader {
        FrontMatterReader(FrontMatterBlock(of: "---\n" + lines.joined(separator: "\n") + "\n---\ntext"), file: "a.md", knowsPlain: knowsPlain)
    }

    private static func expectSame(_ lines: [String]) {
        let (plain, yaml) = (reader(lines, knowsPlain: true), reader(lines, knowsPlain: false))
        #expect(plain.frontMatter == yaml.frontMatter, "\(lines)")
        #expect(plain.diagnostics == yaml.diagnostics, "\(lines)")
    }

    private static func isPlain(_ lines: [String]) -> Bool { PlainFrontMatter(lines.map { $0[...] }) != nil }

    @Test func `what most notes have is plain`() {
        let lines = [
            "title: A Guide, with (some) words", "summary: It needs *one*, and `which` says \"that\" <of> [[It]]",
            "description: \"How to: begin\"", "tags: [one, two-words, three]", "created: 2026-02-03",
            "updated: 2026-02-03T04:05:06Z", "related: [Other Page, \"[[Other, too]]\", docs/setup]", "draft: false", "order: 12", "template: page",
            "aliases: []",
        ]
        #expect(Self.isPlain(lines))
        Self.expectSame(lines)
    }

    @Test(arguments: [
        "title:A", "title :A", "title: - a", "title: \"a\" b", "title: \"a\\n\"", "title: a: b", "title: a #b", "title: é", "title: 'a'", "title: |",
        "title: null", "title: Null", "title:", "title: ~", "- title", "  title: a", "title: {a: b}", "title: [a, [b]]", "tags: [a, ]",
        "tags: [a: b]",
        "tags: [a", "title: a\tb", "title: *a", "title: !a", "# title: a", "", "title: \u{FEFF}a", "tags: [\"a\" b]", "tags: [\"a, b]",
        "tags: [\"a\"\"b\"]", "0: a",
        "title: a:",
    ])
    func `what YAML might read otherwise is left to it`(_ line: String) {
        #expect(!Self.isPlain([line]))
        Self.expectSame(["draft: true", line])
    }

    @Test func `a key that stands twice is left to YAML`() {
        #expect(!Self.isPlain(["title: a", "title: b"]))
        Self.expectSame(["title: a", "title: b"])
    }

    @Test func `whatever is plain says what YAML says of it`() {
        var random = SplitMix(seed: 7)
        var plain = 0
        for _ in 0..<4_000 {
            let lines = (0..<Int(random.next() % 4 + 1)).map { _ in Self.line(&random) }
            if Self.isPlain(lines) { plain += 1 }
            Self.expectSame(lines)
        }
        #expect(plain > 200)
    }

    private static func line(_ random: inout SplitMix) -> String {
        func one(of list: [String]) -> String { list[Int(random.next() % UInt64(list.count))] }
        let pieces = [
            "a", "Z", "word", "2026-02-30", "12", "1.5", "0x1F", "true", "no", "Null", "null", "~", " ", "  ", ":", ": ", ",", "#", " #", "-", "- ",
            "_", ".",
            "/", "(", ")", ";", "!", "?", "'", "&", "+", "\"", "[", "]", "{", "}", "|", "<", ">", "%", "@", "*", "`", "$", "^", "=", "é", "\t", "\\",
            "10:30", "\"a, b\"",
            "\"[[A]]\"", "\"\"",
        ]
        let key = one(of: FrontMatterReader.keys + ["unknown", "titel", "Title", "a b", "", "x1"])
        let value = (0..<Int(random.next() % 5)).map { _ in one(of: pieces) }.joined()
        switch random.next() % 4 {
        case 0: return "\(key): [\((0..<Int(random.next() % 4)).map { _ in one(of: pieces) }.joined(separator: one(of: [",", ", "])))]"
        case 1: return "\(key): \"\(value)\""
        default: return "\(key)\(one(of: [":", ": ", ":  ", " : "]))\(value)\(one(of: ["", "", " "]))"
        }
    }
}

import Content
import Foundation
import Site
import TestSupport
import Testing

@Suite struct ContentLoaderTests {
    @Test func `two files with one address are reported, and the first keeps it`() throws {
        let site = try load(["Quick Start.md": "# One", "quick-start.md": "# Two"])
        #expect(site.page("/quick-start")?.title == "One")
        #expect(site.reports == ["quick-start.md:1:1: error: the address /quick-start is taken by Quick Start.md"])
    }

    @Test func `an address of the site's own cannot be taken`() throws {
        #expect(try load(["tags/red.md": "# Red"]).reports == ["tags/red.md:1:1: error: the address /tags/red belongs to the site itself"])
    }

    @Test func `a file that is not UTF-8 is reported by line, and shown as far as it goes`() throws {
        let folder = try TemporaryFolder(["good.md": "# Good"])
        try folder.write("bad.md", Data("# Bad\n\ncaf".utf8) + Data([0xE9]) + Data("\n".utf8))
        let site = try load(folder)
        #expect(site.reports == ["bad.md:3:1: error: the file is not UTF-8"])
        #expect(site.page("/good") != nil)
        #expect(site.html("/bad").contains("caf\u{FFFD}"))
    }

    @Test func `one bad note takes no other page down`() throws {
        let site = try load([
            "good.md": "# Good\n\n[[Bad]]", "bad.md": "---\ntitle: [\n---\n" + String(repeating: ">", count: 5_000),
            "huge.md": String(repeating: "a ", count: 1 << 20),
        ])
        #expect(site.html("/good").contains("<a href=\"/bad\">Bad</a>"))
        #expect(site.html("/huge").contains("too large"))
        #expect(Set(site.diagnostics.map(\.severity)) == [.error])
    }

    @Test func `a folder without an index lists what it holds`() throws {
        let site = try load(["docs/deep/a.md": "# A"])
        #expect(site.page("/docs/deep")?.origin == .folder)
        #expect(site.children(of: PagePath(canonical: "/docs/deep")).map(\.title) == ["A"])
        #expect(site.page("/")?.origin == .folder)
    }

    @Test func `pages come and go at their second, everywhere`() throws {
        let files = [
            "a.md": "---\npublish: 2026-09-21T14:00:00Z\nexpire: 2026-09-22\ntags: [t]\n---\n# A", "b.md": "# B\n\n[[A]]",
        ]
        let moment = Date(timeIntervalSince1970: 1_789_999_200)
        let before = try load(files, now: moment - 1)
        #expect(before.page("/a") == nil && before.tags.isEmpty && before.nextChange == moment)
        #expect(before.html("/b").contains("class=\"wanted\""))
        #expect(before.reports == ["b.md:3:1: warning: `A` is not public"])
        let during = try load(files, now: moment)
        #expect(during.page("/a") != nil && during.tags.count == 1 && during.nextChange == moment + 36_000)
        #expect(during.html("/b").contains("<a href=\"/a\">A</a>"))
        #expect(try load(files, now: moment + 36_000).page("/a") == nil)
    }

    @Test func `a draft is seen by its author only`() throws {
        let files = ["a.md": "---\ndraft: true\n---\n# A"]
        #expect(try load(files).page("/a") == nil)
        #expect(try load(files, showsDrafts: true).page("/a")?.isDraft == true)
    }

    @Test func `order comes first, then the title, and neighbours follow it through folders`() throws {
        let site = try load([
            "docs/index.md": "# Docs", "docs/z.md": "---\norder: 1\n---\n# Z", "docs/b.md": "# B", "docs/a/index.md": "# A",
            "docs/a/inner.md": "# Inner",
            "docs/C.md": "# c", "top.md": "# Top",
        ])
        #expect(site.children(of: PagePath(canonical: "/docs")).map(\.title) == ["Z", "A", "B", "c"])
        let neighbours = site.neighbours(of: PagePath(canonical: "/docs/a/inner"))
        #expect(neighbours.previous?.title == "A" && neighbours.next?.title == "B")
        #expect(site.neighbours(of: PagePath(canonical: "/docs")).previous == nil)
        #expect(site.neighbours(of: PagePath(canonical: "/docs/c")).next == nil)
    }

    @Test func `links out of the folder and dotfiles are not read`() throws {
        let outside = try TemporaryFolder(["secret.md": "# Secret", "secret.png": "x"])
        let folder = try TemporaryFolder(["a.md": "# A", ".hidden.md": "# H", ".git/config.md": "# G"])
        for name in ["secret.md", "secret.png"] {
            try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: "\(outside.path)/\(name)")
        }
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/all", withDestinationPath: outside.path)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/inner.md", withDestinationPath: "\(folder.path)/a.md")
        let site = try load(folder)
        #expect(site.pages.keys.map(\.description).sorted() == ["/", "/a", "/inner"])
        #expect(site.attachments.assets.isEmpty)
    }

    @Test func `a change is noticed, and only then`() throws {
        let folder = try TemporaryFolder(["a.md": "# A"])
        let loader = ContentLoader(folder: folder.path)
        let surroundings = ContentLoader.Surroundings(origin: "https://example.org")
        _ = try loader.load(now: noon, surroundings)
        #expect(!loader.hasChanged())
        try folder.write("a.md", "# Another")
        #expect(loader.hasChanged())
        #expect(try loader.load(now: noon, surroundings).page("/a")?.title == "Another")
        try folder.remove("a.md")
        #expect(loader.hasChanged())
        #expect(try loader.load(now: noon, surroundings).page("/a") == nil)
    }

    @Test func `a folder that is not there is an error that names it`() {
        #expect(throws: FolderUnreadable.self) { try ContentLoader(folder: "/nowhere").load(now: noon, .init(origin: "https://example.org")) }
    }

    @Test func `site.yml names the site, and its slips are reported`() throws {
        let site = try load([
            "site.yml": "title: T\nlangauge: de\nnavigation:\n  - {title: Docs, path: /docs}\n  - {title: Half}\n", "index.md": "# Home",
        ])
        #expect(site.settings.title == "T")
        #expect(site.settings.navigation.map(\.path) == ["/docs"])
        #expect(
            site.reports == [
                "site.yml:2:1: warning: unknown key `langauge`", "site.yml:5:5: error: an entry of `navigation` lacks `title` or `path`",
            ])
    }
}

@Suite struct CorpusTests {
    @Test(.enabled(if: Repository.corpus != nil, "the corpus is not beside the checkout"))
    func `the wiki is read whole, and what is wrong with it is named`() throws {
        let corpus = try #require(Repository.corpus)
        let site = try ContentLoader(folder: corpus).load(now: noon, .init(origin: "https://example.org"))
        let notes = site.pages.values.filter { $0.file != nil }
        #expect(notes.count == 16)
        for note in notes {
            let html = site.bodies.body(of: note).html
            #expect(!html.isEmpty && !html.contains("[[Home]]</p>") && !html.contains("<h1"), "\(note.path)")
        }
        #expect(site.diagnostics.count { $0.message.contains("Obsidian") } == 4)
        #expect(site.diagnostics.count { $0.severity == .error } == 17)
        #expect(site.wanted.count > 30)
        #expect(site.html("/architecture-overview").contains("<svg"))
        #expect(site.html("/wiki/home").contains("id=\"-quick-links\""))
        #expect(site.html("/wiki/home").contains("<a href=\"/wiki/troubleshooting/common-issues\">Common Issues</a>"))
    }
}

import Site
import Testing

@Suite struct PagePathTests {
    @Test(arguments: [
        ("docs/Quick Start.md", "/docs/quick-start"),
        ("index.md", "/"),
        ("docs/index.md", "/docs"),
        ("services/Index.md", "/services"),
        ("CI/CD Pipeline.md", "/ci/cd-pipeline"),
        ("Über uns.md", "/über-uns"),
        ("v1.2 notes.md", "/v1.2-notes"),
    ])
    func `a note's address is its file's path as slugs`(_ file: String, _ address: String) {
        #expect(PagePath(file: file).description == address)
    }

    @Test(arguments: [
        "/docs/quick-start", "/Docs/Quick-Start", "/docs//quick-start/", "/docs/quick-start.html", "/docs/Quick Start.md", "docs/quick_start/../x",
    ])
    func `every spelling of an address folds to one`(_ spelling: String) {
        let path = PagePath(canonical: spelling)
        #expect(PagePath(canonical: path.description) == path)
        #expect(!path.description.contains(".."))
    }

    @Test(arguments: [
        ("a.html.md", "/a"), ("a.md.md", "/a"), ("docs/index/index.md", "/docs"), ("docs/Index!.md", "/docs"), ("a-.md", "/a"),
        ("docs/index.html.md", "/docs"),
        ("a/\u{301}b", "/a/b"), ("\u{301}", "/"), ("a/b-\u{301}c", "/a/b-c"), ("e\u{301}", "/e\u{301}"), ("a\u{D4E}/b", "/a\u{D4E}/b"),
        ("a\u{D4E}.md", "/a\u{D4E}"),
    ])
    func `what is folded once is not folded again`(_ spelling: String, _ address: String) {
        let path = PagePath(canonical: spelling)
        #expect(path.description == address)
        #expect(PagePath(canonical: path.description).description == path.description)
        #expect(PagePath(canonical: path.markdownTwin) == path)
    }

    @Test func `a letter that joins with what follows it hides no slash`() {
        let path = PagePath(canonical: "a\u{D4E}/b")
        #expect(path.components == ["a\u{D4E}", "b"])
        #expect(path.parent?.description == "/a\u{D4E}")
        #expect(path.parent?.contains(path) == true)
    }

    @Test func `the root has no parent, and every other path leads up to it`() {
        #expect(PagePath.root.parent == nil)
        #expect(PagePath(file: "a/b/c.md").parent?.parent?.parent == .root)
    }

    @Test func `a path contains what lies below it, and not what only begins alike`() {
        #expect(PagePath(file: "docs.md").contains(PagePath(file: "docs/a.md")))
        #expect(!PagePath(file: "docs.md").contains(PagePath(file: "docs-old.md")))
    }

    @Test(arguments: [
        ("CI/CD Pipeline", "ci-cd-pipeline"), ("Backup & Restore", "backup-restore"), ("🚀 Quick", "quick"), ("..", ""), ("a__b", "a__b"),
    ])
    func `a slug keeps letters and digits of any script`(_ title: String, _ slug: String) {
        #expect(Slug.make(from: title) == slug)
    }

    /// ASCII is read by a way of its own.
    @Test func `a name of ASCII has the slug that it has beside other letters`() {
        for code in 0..<4_096 {
            let characters = [code & 0x7F, (code * 31 + 7) & 0x7F, (code >> 5) & 0x7F, 0x61 + code % 3].compactMap { Unicode.Scalar($0) }
            var name = ""
            name.unicodeScalars.append(contentsOf: characters)
            // What stands behind a gap does not change what stands before it.
            let slug = Slug.make(from: name)
            #expect(Slug.make(from: name + " \u{E9}") == slug + "-\u{E9}", "\(name.debugDescription)")
        }
    }

    @Test(arguments: ["/", "/a", "/a/b", "/a/b/c", "/ab", "/ab/c", "/caf\u{E9}", "/caf\u{E9}/x", "/cafe\u{301}/x", "/cafe\u{301}"])
    func `a path knows what is above and below it`(_ spelling: String) {
        let path = PagePath(canonical: spelling)
        #expect(path.parent == (path.isRoot ? nil : PagePath(components: path.components.dropLast())))
        #expect(path.top == path.components.first.map { PagePath(components: [$0]) })
        for other in ["/", "/a", "/a/b", "/a/bc", "/ab", "/ab/c/d", "/caf\u{E9}", "/cafe\u{301}", "/cafe\u{301}/x/y"].map({ PagePath(canonical: $0) })
        {
            #expect(path.contains(other) == other.components.starts(with: path.components), "\(path) \(other)")
        }
    }
}

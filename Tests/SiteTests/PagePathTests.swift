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
}

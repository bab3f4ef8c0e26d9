import Content
import Foundation
import Rendering
import Site
import TestSupport
import Testing

/// Any one input changes, and exactly the responses that show it change: their
/// bytes and their digests, and nothing else's.
@Suite struct DigestTests {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)
    private static let notes = [
        "site.yml": "title: A Site\ndescription: About it\nauthor: Ann",
        "index.md": "---\ntemplate: home\n---\n# Welcome\n\nA lead.\n\n## First part\n\nSee [[Guide]].",
        "docs/index.md": "# Docs\n\nAll of them.",
        "docs/guide.md":
            "---\ntags: [alpha, beta]\ncreated: 2026-01-02\n---\n# Guide\n\nSee [[Setup#Steps]] and ![a dot](dot.svg).\n\n## Use\n\nText.",
        "docs/setup.md": "---\ntags: [alpha]\nupdated: 2026-02-03\ndescription: How to set it up\n---\n# Setup\n\n## Steps\n\n1. One\n2. Two",
        "docs/deep/one.md": "# One\n\nIt wants [[Nobody wrote this]].",
        "docs/deep/two.md": "---\nrelated: [\"[[Guide]]\"]\n---\n# Two\n\nA page.",
        "docs/dot.svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>",
        "loose.md": "---\naliases: [old-loose]\n---\n# Loose\n\nNobody links to it.",
        "later.md": "---\npublish: 2027-01-01T00:00:00Z\n---\n# Later\n\nNot yet.",
    ]

    /// One state of all inputs.
    fileprivate struct Inputs {
        var notes = DigestTests.notes
        var templates: [TemplateFile] = []
        var assets = AssetCatalog()
        var now = DigestTests.start
        var origin = "https://agents.example"
    }

    private struct Outcome {
        var digests: [String: Digest] = [:]
        var texts: [String: String] = [:]
        var site: Digest
    }

    private let inputs: Inputs

    init() throws {
        var inputs = Inputs()
        inputs.templates = try TemplateLoader(folder: "\(Repository.path)/Templates").load()
        inputs.assets = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        self.inputs = inputs
    }

    private func outcome(_ inputs: Inputs) throws -> Outcome {
        let folder = try TemporaryFolder(inputs.notes)
        let library = try TemplateLibrary(inputs.templates, assets: inputs.assets)
        let site = try ContentLoader(folder: folder.path).load(
            now: inputs.now,
            ContentLoader.Surroundings(origin: inputs.origin, assets: inputs.assets, templates: library.pageTemplates))
        let documents = SiteDocuments(templates: library, assets: inputs.assets)
        let manifest = documents.manifest(of: site, hash: .sha256)
        var outcome = Outcome(site: manifest.digest)
        for (address, entry) in manifest.entries {
            outcome.digests[address] = entry.digest
            let document = try #require(documents.document(entry.resource, in: site), "\(address)")
            outcome.texts[address] = document.text + (document.head.canonical ?? "")
        }
        return outcome
    }

    private static let changes: [(String, @Sendable (inout Inputs) -> Void)] = [
        ("a word of a text", { $0.notes["docs/guide.md"]? += " More." }),
        ("a title", { $0.notes["docs/setup.md"] = DigestTests.notes["docs/setup.md"]!.replacing("# Setup", with: "---\ntitle: New\n---\n# Setup") }),
        ("a heading that another page links to", { $0.notes["docs/setup.md"]?.replace("## Steps", with: "## Stages") }),
        ("a description", { $0.notes["docs/setup.md"]?.replace("How to set it up", with: "How to begin") }),
        ("a date", { $0.notes["docs/setup.md"]?.replace("2026-02-03", with: "2026-03-04") }),
        ("a tag", { $0.notes["docs/guide.md"]?.replace("[alpha, beta]", with: "[alpha, gamma]") }),
        ("a link", { $0.notes["loose.md"]? += " Now to [[Guide]]." }),
        ("a page that was wanted", { $0.notes["docs/nobody-wrote-this.md"] = "# Nobody wrote this" }),
        ("a page that goes", { $0.notes["docs/deep/two.md"] = nil }),
        ("a picture", { $0.notes["docs/dot.svg"]?.replace("width=\"4\"", with: "width=\"8\"") }),
        ("a related page's title", { $0.notes["docs/guide.md"]?.replace("# Guide", with: "# Handbook\n\n") }),
        ("an alias, which no page shows", { $0.notes["loose.md"]?.replace("old-loose", with: "older-loose") }),
        ("an order", { $0.notes["docs/deep/two.md"]?.replace("related:", with: "order: 1\nrelated:") }),
        ("a page hidden from search", { $0.notes["docs/deep/two.md"]?.replace("related:", with: "noindex: true\nrelated:") }),
        ("the site's title", { $0.notes["site.yml"]?.replace("A Site", with: "The Site") }),
        ("the site's description", { $0.notes["site.yml"]?.replace("About it", with: "On it") }),
        ("the site's address", { $0.origin = "https://other.example" }),
        ("the layout", { inputs in inputs.change("layout", "</body>", "<p>new</p></body>") }),
        ("a partial of section pages", { inputs in inputs.change("partials/sidebar", "sidebar-nav", "sidebar-list") }),
        ("the template of tags", { inputs in inputs.change("tag", "<h1", "<h1 data-new") }),
        ("a template that no page uses", { inputs in inputs.change("error", "<h1", "<h1 data-new") }),
        ("a style sheet", { inputs in inputs.touch("/css/site.css") }),
        ("a file that no template names", { inputs in inputs.touch("/robots-unused.txt") }),
        ("the time, to one at which a page appears", { $0.now = Date(timeIntervalSince1970: 1_800_000_000) }),
        ("the time, to one at which nothing happens", { $0.now += 60 }),
    ]

    @Test(arguments: changes.indices)
    func `one input changes exactly the responses that show it`(_ number: Int) throws {
        let (name, change) = Self.changes[number]
        var changed = inputs
        change(&changed)
        let (before, after) = (try outcome(inputs), try outcome(changed))
        func differing<Value: Equatable>(_ values: (Outcome) -> [String: Value]) -> Set<String> {
            let (old, new) = (values(before), values(after))
            return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        }
        let (digests, texts) = (differing(\.digests), differing(\.texts))
        #expect(digests.subtracting(texts).isEmpty, "\(name) changes digests of what stays the same")
        #expect(texts.subtracting(digests).isEmpty, "\(name) changes what keeps its digest")
    }

    @Test func `the same inputs give the same digests in another process, in another order of files, and at another time`() throws {
        var later = inputs
        later.now += 3_600
        later.templates.reverse()
        let (first, second) = (try outcome(inputs), try outcome(later))
        #expect(first.digests == second.digests)
        #expect(first.site == second.site)
    }
}

extension DigestTests.Inputs {
    fileprivate mutating func change(_ template: String, _ old: String, _ new: String) {
        templates = templates.map { $0.name == template ? TemplateFile(name: $0.name, file: $0.file, text: $0.text.replacing(old, with: new)) : $0 }
    }

    fileprivate mutating func touch(_ path: String) {
        let asset = Asset(path: path, fingerprint: "0000000000000000", integrity: "sha384-new", contentType: "text/css", bytes: [1], pixelSize: nil)
        assets = AssetCatalog([asset] + assets.assets.values.filter { $0.path != path })
    }
}

import Content
import Foundation
import Rendering
import Site
import TestSupport
import Testing

/// What is computed only for what has changed is what everything computed anew would be.
@Suite struct IncrementalManifestTests {
    private static let files = [
        "index.md", "about.md", "docs/index.md", "docs/one.md", "docs/two.md", "docs/deep/three.md", "docs/deep/four.md", "docs/caf\u{E9}.md",
        "lab/index.md", "lab/five.md", "site.yml", "docs/dot.svg",
    ]
    private static let titles = ["One", "Two", "Three", "Caf\u{E9}", "Cafe\u{301}", "Five", "one", "Nobody wrote this"]
    private static let headings = ["Steps", "Use", "Caf\u{E9}", "Cafe\u{301}"]

    private static func note(_ chance: inout SplitMix) -> String {
        var lines = ["---"]
        func sometimes(_ line: @autoclosure () -> String) { if Int.random(in: 0..<4, using: &chance) == 0 { lines.append(line()) } }
        func one(of list: [String]) -> String { list.randomElement(using: &chance) ?? "" }
        sometimes("title: \(one(of: titles))")
        sometimes("description: About \(one(of: titles))")
        sometimes("tags: [\(one(of: ["alpha", "Alpha", "beta"])), gamma]")
        sometimes("updated: 2026-0\(Int.random(in: 1...9, using: &chance))-02")
        sometimes("related: [\"[[\(one(of: titles))]]\"]")
        sometimes("aliases: [\(one(of: ["old", "older", "docs/old"]))]")
        sometimes("order: \(Int.random(in: 1...3, using: &chance))")
        sometimes("template: \(one(of: ["home", "page", "doc"]))")
        sometimes("draft: true")
        lines += ["---", "# \(one(of: titles))", ""]
        for _ in 0..<3 {
            lines += [
                "## \(one(of: headings))", "", "See [[\(one(of: titles))]], [[\(one(of: titles))#\(one(of: headings))]], [x](/docs/one#use),",
                "![[\(one(of: titles))#\(one(of: headings))]] and ![a dot](\(one(of: ["dot.svg", "docs/dot.svg", "/docs/dot.svg"]))).", "",
            ]
        }
        return lines.joined(separator: "\n")
    }

    private static func text(of file: String, _ chance: inout SplitMix) -> String {
        switch file {
        case "site.yml": "title: \(["A Site", "Another"].randomElement(using: &chance) ?? "")"
        case "docs/dot.svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int.random(in: 1...2, using: &chance))\" height=\"4\"/>"
        default: note(&chance)
        }
    }

    @Test(arguments: 1...4) func `any row of edits gives what a start after it gives`(_ seed: UInt64) throws {
        var chance = SplitMix(seed: seed)
        let folder = try TemporaryFolder(Dictionary(uniqueKeysWithValues: Self.files.map { ($0, Self.text(of: $0, &chance)) }))
        let assets = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        let library = try TemplateLibrary(try TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: assets)
        let documents = SiteDocuments(templates: library, assets: assets)
        let surroundings = ContentLoader.Surroundings(origin: "https://agents.example", assets: assets, templates: library.pageTemplates)
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        let loader = ContentLoader(folder: folder.path)
        var previous: PreviousManifest?
        for step in 0..<60 {
            let file = try #require(Self.files.randomElement(using: &chance))
            let place = "\(folder.path)/\(file)"
            switch Int.random(in: 0..<6, using: &chance) {
            case 0: try? FileManager.default.removeItem(atPath: place)
            // The body alone, as most edits do.
            case 1, 2:
                try? (String(contentsOfFile: place, encoding: .utf8) + "\n\nMore of \(step).").write(toFile: place, atomically: true, encoding: .utf8)
            default: try Self.text(of: file, &chance).write(toFile: place, atomically: true, encoding: .utf8)
            }
            let site = try loader.load(now: now, surroundings)
            let manifest = documents.manifest(of: site, hash: .sha256, after: previous)
            previous = PreviousManifest(manifest, of: site, documents)

            let fresh = try ContentLoader(folder: folder.path).load(now: now, surroundings)
            let whole = documents.manifest(of: fresh, hash: .sha256)
            let different = Set(manifest.entries.values).symmetricDifference(whole.entries.values).map(\.resource.address)
            #expect(different.isEmpty, "after step \(step), which changed \(file)")
            #expect(manifest == whole)
            #expect(site.backlinks == fresh.backlinks)
            #expect(site.wanted == fresh.wanted)
            #expect(site.diagnostics == fresh.diagnostics)
            #expect(site.brokenLinks == fresh.brokenLinks)
            for page in fresh.pages.values { #expect(site.bodies.digest(of: page) == fresh.bodies.digest(of: page)) }
        }
    }
}

import Content
import Foundation
import Site
import Synchronization
import TestSupport
import Testing

/// What a start takes from the one before.
struct KeptNotesTests {
    private let data: TemporaryFolder
    private let content: TemporaryFolder

    private var path: String { "\(data.path)/results" }

    init() throws {
        data = try TemporaryFolder()
        content = try TemporaryFolder([
            "index.md": "---\ntitle: Home\ntags: [One, two]\n---\n\n# Home\n\nSee [[Guide#Steps|the steps]] and [there](guide.md#nowhere).\n",
            "guide.md": """
            ---
            description: How to
            created: 2026-01-02
            updated: 2026-02-03T04:05:06Z
            related: [[Home]]
            aliases: [old/guide]
            order: 3
            noindex: true
            template: page
            unknown: 1
            ---

            # Guide

            #later #now

            ## Steps

            First <b>words</b> of ![a picture](gone.png).

            ### Größe und Maß

            | a | b |
            |---|--:|
            | 1 | 2 |

            """,
            "later.md": "---\npublish: 2031-01-01\nexpire: 2032-01-01\n---\nNot yet.\n",
            "draft.md": "---\ndraft: true\n---\nNot ever.\n",
            "broken.md": "---\ntitle: [\n---\nText of a note whose head is wrong.\n",
            "costly.md": String(repeating: "> ", count: 200) + "deep\n",
            "empty.md": "",
        ])
        try content.write("latin.md", Data([0x23, 0x20, 0xFF, 0xFE, 0x0A]))
    }

    /// Loads the site as a new start of `program` would.
    private func start(_ program: String = "one", mostUnsettledBytes: Int = 1 << 20) throws -> (site: SiteSnapshot, computed: Int) {
        let results = CountedResults(ResultsFile(path: path, program: program) { Issue.record("nothing was kept: \($0)") })
        let loader = ContentLoader(folder: content.path, mostUnsettledBytes: mostUnsettledBytes, results: results)
        let site = try loader.load(now: noon, surroundings)
        loader.settle()
        results.file.settle()
        return (site, results.kept)
    }

    private var surroundings: ContentLoader.Surroundings {
        ContentLoader.Surroundings(origin: "https://example.org", templates: ["home", "page"], showsDrafts: true)
    }

    private func size() throws -> Int { try Data(contentsOf: URL(filePath: path)).count }

    private func expectSame(_ one: SiteSnapshot, _ other: SiteSnapshot) {
        #expect(one.diagnostics == other.diagnostics)
        #expect(Set(one.pages.keys) == Set(other.pages.keys))
        for (path, page) in one.pages {
            #expect(other.pages[path] == page)
            #expect(other.pages[path].map { other.bodies.body(of: $0).html } == one.bodies.body(of: page).html)
            #expect(other.pages[path].map(other.bodies.digest) == one.bodies.digest(of: page))
            #expect(other.pages[path].flatMap(other.bodies.markdown) == one.bodies.markdown(of: page))
        }
        #expect(one.aliases == other.aliases)
        #expect(one.nextChange == other.nextChange)
    }

    @Test func `a second start has what the first had, and computes nothing`() throws {
        let first = try start()
        #expect(first.computed == 8)
        #expect(!first.site.diagnostics.isEmpty)
        let second = try start()
        #expect(second.computed == 0)
        expectSame(first.site, second.site)
        expectSame(second.site, try load(content, showsDrafts: true))
    }

    @Test func `a site is the same before its notes are settled and after`() throws {
        let loader = ContentLoader(folder: content.path, results: CountedResults(ResultsFile(path: path, program: "one") { _ in }))
        let site = try loader.load(now: noon, surroundings)
        func texts() -> [PagePath: String?] { site.pages.mapValues { site.bodies.markdown(of: $0) } }
        let before = texts()
        loader.settle()
        #expect(texts() == before)
        expectSame(site, try load(content, showsDrafts: true))
    }

    @Test func `notes that there is no room for are settled at once, and each is kept once`() throws {
        let results = CountedResults(ResultsFile(path: path, program: "one") { _ in })
        let loader = ContentLoader(folder: content.path, mostUnsettledBytes: 500, results: results)
        _ = try loader.load(now: noon, surroundings)
        #expect((1..<8).contains(results.kept))
        loader.settle()
        #expect(results.kept == 8)
        results.file.settle()
        #expect(try start().computed == 0)
    }

    @Test func `a start that ended before its notes were settled is begun anew`() throws {
        let results = CountedResults(ResultsFile(path: path, program: "one") { _ in })
        _ = try ContentLoader(folder: content.path, results: results).load(now: noon, surroundings)
        results.file.settle()
        #expect(try start().computed == 8)
    }

    @Test func `only what has changed is computed`() throws {
        _ = try start()
        try content.write("guide.md", "# Another guide\n")
        let second = try start()
        #expect(second.computed == 1)
        #expect(second.site.page("guide")?.title == "Another guide")
        expectSame(second.site, try load(content, showsDrafts: true))
    }

    @Test func `another program computes everything itself`() throws {
        _ = try start("one")
        #expect(try start("two").computed == 8)
        #expect(try start("two").computed == 0)
    }

    @Test(arguments: [1, 20, 60, 200]) func `a file that was cut off is read as far as it goes, and mended`(missing: Int) throws {
        let first = try start()
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.dropLast(missing).write(to: URL(filePath: path))
        let second = try start()
        #expect(second.computed >= 1 && second.computed < 8)
        expectSame(first.site, second.site)
        #expect(try start().computed == 0)
    }

    @Test func `a byte that has changed on the disk is noticed, wherever it is`() throws {
        let first = try start()
        let whole = try Data(contentsOf: URL(filePath: path))
        for offset in stride(from: 0, to: whole.count, by: 41) {
            var damaged = whole
            damaged[offset] ^= 0x41
            try damaged.write(to: URL(filePath: path))
            let second = try start()
            #expect(second.computed >= 1)
            expectSame(first.site, second.site)
        }
        #expect(try start().computed == 0)
    }

    @Test func `what nobody asks for any more is dropped when it is most of the file`() throws {
        let results = ResultsFile(path: path, program: "one") { Issue.record("nothing was kept: \($0)") }
        for number in 0..<12 { results.keep([UInt8](repeating: UInt8(number), count: 1 << 20), for: .sha256([UInt8(number)])) }
        results.settle()
        let large = try size()
        #expect(large > 12 << 20)
        _ = try start()
        #expect(try size() < 1 << 20)
        #expect(try start().computed == 0)
    }

    @Test func `a site that changes again and again does not make it grow without end`() throws {
        let results = ResultsFile(path: path, program: "one") { Issue.record("nothing was kept: \($0)") }
        results.settle()
        for number in 0..<80 {
            results.keep([UInt8](repeating: 7, count: 1 << 20), for: .sha256([UInt8(number)]))
            results.settle()
        }
        #expect(try size() < 40 << 20)
    }

    @Test func `two processes append to one file`() throws {
        let (one, other) = (
            ResultsFile(path: path, program: "one") { _ in }, ResultsFile(path: path, program: "one") { _ in }
        )
        one.keep([1], for: .sha256([1]))
        one.settle()
        // It was opened before there was a file, and makes one of its own in its place.
        other.keep([2], for: .sha256([2]))
        other.settle()
        let (third, fourth) = (
            ResultsFile(path: path, program: "one") { _ in }, ResultsFile(path: path, program: "one") { _ in }
        )
        third.keep([3], for: .sha256([3]))
        fourth.keep([4], for: .sha256([4]))
        third.settle()
        fourth.settle()
        let last = ResultsFile(path: path, program: "one") { _ in }
        #expect(last.bytes(for: .sha256([2])) == [2])
        #expect(last.bytes(for: .sha256([3])) == [3])
        #expect(last.bytes(for: .sha256([4])) == [4])
    }

    @Test func `two that write a new file at once leave a whole one`() async throws {
        for round in 0..<20 {
            await withTaskGroup { group in
                for number in 0..<4 {
                    group.addTask {
                        let results = ResultsFile(path: path, program: "round \(round)") { Issue.record("nothing was kept: \($0)") }
                        for key in 0..<30 { results.keep([UInt8](repeating: UInt8(key), count: 100_000), for: .sha256([UInt8(number), UInt8(key)])) }
                        results.settle()
                    }
                }
            }
            let last = ResultsFile(path: path, program: "round \(round)") { Issue.record("nothing was kept: \($0)") }
            let known = (0..<4).map { number in (0..<30).count { last.bytes(for: .sha256([UInt8(number), UInt8($0)])) != nil } }
            // Whoever was the first has all of it there.
            #expect(known.contains(30), "\(known)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == ["results"])
        }
    }

    @Test func `what a start left half-written is no hindrance`() throws {
        try data.write("results.new", "half of")
        #expect(try start().computed == 8)
        #expect(try start().computed == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == ["results"])
    }

    @Test func `nobody else can read what is kept, and no other file is left`() throws {
        _ = try start()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == ["results"])
    }

    @Test func `where nothing can be written, the site is there, and the reason is said once`() throws {
        let reasons = Mutex<[String]>([])
        let results = CountedResults(
            ResultsFile(path: "\(data.path)/none/results", program: "one") { reason in reasons.withLock { $0.append(reason) } })
        let loader = ContentLoader(folder: content.path, results: results)
        let site = try loader.load(now: noon, surroundings)
        loader.settle()
        results.file.settle()
        results.file.keep([1], for: .sha256([1]))
        results.file.settle()
        expectSame(site, try load(content, showsDrafts: true))
        #expect(reasons.withLock { $0 }.count == 1)
    }
}

extension Digest {
    fileprivate static func sha256(_ bytes: [UInt8]) -> Digest { DigestFunction.sha256(bytes) }
}

/// Counts what is kept, each of which was computed.
private final class CountedResults: KeptResults {
    let file: ResultsFile
    private let count = Mutex(0)

    init(_ file: ResultsFile) { self.file = file }

    var kept: Int { count.withLock { $0 } }

    func bytes(for key: Digest) -> [UInt8]? { file.bytes(for: key) }

    func keep(_ bytes: [UInt8], for key: Digest) {
        count.withLock { $0 += 1 }
        file.keep(bytes, for: key)
    }
}

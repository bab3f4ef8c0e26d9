import Foundation
import TestSupport
import Testing

@testable import Content

/// Looks at folders that are listed only where something has happened in them.
@Suite struct FolderWatchTests {
    private let files: TemporaryFolder
    private let loader: ContentLoader

    init() throws {
        files = try TemporaryFolder(["index.md": "# One", "docs/a.md": "# A"])
        loader = ContentLoader(folder: files.path)
    }

    private func load() throws {
        _ = try loader.load(now: noon, ContentLoader.Surroundings(origin: "https://example.org"))
    }

    private func move(_ from: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: "\(files.path)/\(from)", toPath: "\(files.path)/\(to)")
    }

    @Test func `whatever happens to a file is seen at the next look, and only until it is loaded`() throws {
        try load()
        let changes: [() throws -> Void] = [
            { try files.write("index.md", Data("# Two!".utf8)) }, { try files.write("docs/b.md", Data("# B".utf8)) },
            { try move("docs/b.md", "c.md") }, { try files.write("new/deep/d.md", Data("# D".utf8)) },
            { try files.write("new/deep/d.md", Data("# Other".utf8)) }, { try move("new", "old") },
            { try files.write("old/deep/e.md", Data("# E".utf8)) }, { try FileManager.default.removeItem(atPath: "\(files.path)/old") },
            { try FileManager.default.createSymbolicLink(atPath: "\(files.path)/link.md", withDestinationPath: "docs/a.md") },
            { try files.write("docs/a.md", Data("# A longer".utf8)) },
        ]
        for (number, change) in changes.enumerated() {
            for _ in 0..<2 { #expect(!loader.hasChanged(), "before change \(number)") }
            try change()
            // As often as one asks, until somebody has loaded it.
            for _ in 0..<2 { #expect(loader.hasChanged(), "change \(number)") }
            try load()
        }
    }

    @Test func `a folder that was removed and made again is watched as before`() throws {
        try load()
        #expect(!loader.hasChanged())
        try FileManager.default.removeItem(atPath: "\(files.path)/docs")
        try files.write("docs/a.md", Data("# A".utf8))
        #expect(loader.hasChanged())
        try load()
        for _ in 0..<2 { #expect(!loader.hasChanged()) }
        try files.write("docs/a.md", Data("# A, and more".utf8))
        #expect(loader.hasChanged())
    }

    @Test func `a folder that is swapped for another is seen`() throws {
        let other = try TemporaryFolder(["index.md": "# Other"])
        let link = "\(other.path)/../landing-link-\(UUID().uuidString)"
        defer { unlink(link) }
        symlink(files.path, link)
        let loader = ContentLoader(folder: link)
        _ = try loader.load(now: noon, ContentLoader.Surroundings(origin: "https://example.org"))
        for _ in 0..<2 { #expect(!loader.hasChanged()) }
        unlink(link)
        symlink(other.path, link)
        #expect(loader.hasChanged())
    }

    @Test func `what is hidden, or a folder without files, is no change`() throws {
        try load()
        #expect(!loader.hasChanged())
        try files.write(".hidden.md.swp", Data("x".utf8))
        try FileManager.default.createDirectory(atPath: "\(files.path)/empty", withIntermediateDirectories: true)
        #expect(!loader.hasChanged())
        try files.write("empty/f.md", Data("# F".utf8))
        #expect(loader.hasChanged())
    }

    @Test func `nothing is listed while nothing happens, but now and then`() throws {
        let watch = FolderWatch()
        #expect(watch.mayHaveChanged())
        #expect(watch.watch([files.path]))
        #expect(!watch.watch([files.path]))
        for round in 0..<2 {
            for look in 0..<FolderWatch.patience { #expect(!watch.mayHaveChanged(), "round \(round), look \(look)") }
            #expect(watch.mayHaveChanged())
        }
        try files.write("index.md", Data("# Two".utf8))
        #expect(watch.mayHaveChanged() && !watch.mayHaveChanged())
        // Where one cannot be watched, anything may have happened.
        #expect(!watch.watch([files.path, "\(files.path)/nowhere"]))
        #expect(watch.mayHaveChanged() && watch.mayHaveChanged())
    }
}

import Content
import Foundation
import Site
import TestSupport

let noon = Date(timeIntervalSince1970: 1_790_000_000)

/// A snapshot of notes given as texts.
func load(_ files: [String: String], now: Date = noon, showsDrafts: Bool = false, assets: AssetCatalog = AssetCatalog()) throws -> SiteSnapshot {
    let folder = try TemporaryFolder(files)
    return try load(folder, now: now, showsDrafts: showsDrafts, assets: assets)
}

func load(
    _ folder: TemporaryFolder, now: Date = noon, showsDrafts: Bool = false, assets: AssetCatalog = AssetCatalog()
) throws -> SiteSnapshot {
    try ContentLoader(folder: folder.path).load(
        now: now,
        ContentLoader.Surroundings(origin: "https://example.org", assets: assets, templates: ["home", "page"], showsDrafts: showsDrafts))
}

extension SiteSnapshot {
    func page(_ path: String) -> Page? { pages[PagePath(canonical: path)] }

    func html(_ path: String) -> String { page(path).map { bodies.body(of: $0).html } ?? "" }

    /// `notes/a.md:3:1: error: …` without the folder, the message up to its remedy.
    var reports: [String] {
        diagnostics.map { diagnostic in
            let file = diagnostic.file.split(separator: "/").drop { !$0.hasPrefix("landing-") }.dropFirst().joined(separator: "/")
            return "\(file):\(diagnostic.line):\(diagnostic.column): \(diagnostic.severity.rawValue): \(diagnostic.message)"
        }
    }
}

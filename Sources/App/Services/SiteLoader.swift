import Content
import Foundation
import HTTPEdge
import Rendering
import Site
import Web

/// Reads content, templates and assets into editions; reads files, so it has a
/// thread of its own.
actor SiteLoader {
    private let settings: ServerSettings
    private let isDevelopment: Bool
    /// Whether files are made ready to be sent, which takes longest.
    private let preparesAssets: Bool
    private let results: ResultsFile?
    private let content: ContentLoader
    private let templates: TemplateLoader
    private let assets: AssetLoader
    private var last: (edition: Edition, library: TemplateLibrary, catalog: AssetCatalog)?
    private var isMoved = false
    private let executor = QueueExecutor(label: "landing.site-loader")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter results: what earlier runs have computed.
    init(_ settings: ServerSettings, isDevelopment: Bool, preparesAssets: Bool = true, results: ResultsFile? = nil) {
        self.results = results
        self.settings = settings
        self.isDevelopment = isDevelopment
        self.preparesAssets = preparesAssets
        content = ContentLoader(folder: settings.content, results: results)
        templates = TemplateLoader(folder: settings.templates)
        assets = AssetLoader(folder: settings.publicFolder)
    }

    /// Loads from other folders from now on; messages keep the names of the old ones.
    func use(_ files: SiteFiles) {
        content.move(to: files.content)
        templates.move(to: files.templates)
        assets.move(to: files.publicFolder)
        isMoved = true
    }

    /// The site as the files have it.
    ///
    /// - Parameter finishes: whether the encodings of files are made that are not known, which takes longest, and
    ///   notes are packed and kept; else ``finished()`` does that.
    /// - Throws: ``StartProblem`` where a folder cannot be read or a template
    ///   cannot be used. Once there has been an edition, its templates stay in
    ///   use instead, and the problems are among the diagnostics.
    func load(now: Date, finishes: Bool = true) throws -> Edition {
        var diagnostics: [Diagnostic] = []
        let (catalog, assetDiagnostics) = try reading(.publicFolder, settings.publicFolder) { try assets.load() }
        diagnostics += assetDiagnostics
        let files = try reading(.templates, settings.templates) { try templates.load() }
        let library: TemplateLibrary
        do throws(TemplateProblems) {
            library = try TemplateLibrary(files, assets: catalog)
        } catch {
            guard let last else { throw StartProblem.templates(error) }
            library = last.library
            diagnostics += error.diagnostics
        }
        let surroundings = ContentLoader.Surroundings(
            origin: settings.origin, assets: catalog, templates: library.pageTemplates, showsDrafts: isDevelopment, diagnostics: diagnostics)
        let site = try reading(.content, settings.content) { try content.load(now: now, surroundings) }
        let documents = SiteDocuments(templates: library, assets: catalog, isDevelopment: isDevelopment)
        let edition = Edition(
            site: site, documents: documents,
            assets: preparesAssets
                ? prepared(catalog, site.attachments, reusing: last?.edition.assets, onlyKnown: !finishes) : PreparedAssets(),
            manifest: documents.manifest(
                of: site, hash: .sha256, after: last.map { PreviousManifest($0.edition.manifest, of: $0.edition.site, $0.edition.documents) }))
        if finishes { settle() }
        last = (edition, library, catalog)
        isMoved = false
        return edition
    }

    private func settle() {
        content.settle()
        results?.settle()
    }

    /// The last edition with all encodings of its files; `nil` where it has them.
    func finished() -> Edition? {
        defer { settle() }
        guard let (edition, library, catalog) = last, !edition.assets.isFinished else { return nil }
        let finished = Edition(
            site: edition.site, documents: edition.documents,
            assets: prepared(catalog, edition.site.attachments, reusing: edition.assets, onlyKnown: false), manifest: edition.manifest)
        last = (finished, library, catalog)
        return finished
    }

    private func prepared(_ catalog: AssetCatalog, _ attachments: AssetCatalog, reusing previous: PreparedAssets?, onlyKnown: Bool) -> PreparedAssets
    {
        PreparedAssets(
            catalog, attachments, commonFields: SecurityHeaders.fields, reusing: previous,
            encodings: results.map { KeptEncodings($0, hash: .sha256) }, onlyKnown: onlyKnown)
    }

    /// A new edition where files have changed or `now` has passed the moment at
    /// which a page appears or disappears.
    func loadIfChanged(now: Date) throws -> Edition? {
        let isDue = last?.edition.site.nextChange.map { $0 <= now } ?? false
        guard isDue || isMoved || content.hasChanged() || templates.hasChanged() || assets.hasChanged() else { return nil }
        return try load(now: now)
    }

    private func reading<Result>(_ key: SettingKey, _ value: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FolderUnreadable {
            throw StartProblem.folder(key, value, error)
        }
    }
}

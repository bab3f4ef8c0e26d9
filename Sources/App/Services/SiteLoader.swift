import Content
import Dispatch
import Foundation
import HTTPEdge
import Rendering
import Site
import Synchronization
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
    /// Whether the last edition does not show what it should, although no file has changed since: other folders are in use, or
    /// notes were read while something else could not be.
    private var isBehind = false
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
        isBehind = true
    }

    /// The site as the files have it.
    ///
    /// - Parameter finishes: whether the encodings of files are made that are not known, which takes longest, and
    ///   notes are packed and kept; else ``finished()`` does that.
    /// - Throws: ``StartProblem`` where a folder cannot be read or a template
    ///   cannot be used. Once there has been an edition, its templates stay in
    ///   use instead, and the problems are among the diagnostics.
    func load(now: Date, finishes: Bool = true) throws -> Edition {
        let (notes, appearance) = readFiles()
        let (catalog, readTemplates, assetDiagnostics) = try appearance.get()
        var diagnostics = assetDiagnostics
        let library: TemplateLibrary
        do throws(TemplateProblems) {
            library = try readTemplates.get()
        } catch {
            guard let last else { throw StartProblem.templates(error) }
            library = last.library
            diagnostics += error.diagnostics
        }
        try notes.get()
        let site = content.site(
            now: now,
            ContentLoader.Surroundings(
                origin: settings.origin, assets: catalog, templates: library.pageTemplates, showsDrafts: isDevelopment, diagnostics: diagnostics))
        let documents = SiteDocuments(templates: library, assets: catalog, isDevelopment: isDevelopment)
        let edition = Edition(
            site: site, documents: documents,
            assets: preparesAssets
                ? prepared(catalog, site.attachments, reusing: last?.edition.assets, onlyKnown: !finishes) : PreparedAssets(),
            manifest: documents.manifest(
                of: site, hash: .sha256, after: last.map { PreviousManifest($0.edition.manifest, of: $0.edition.site, $0.edition.documents) }))
        if finishes { settle() }
        last = (edition, library, catalog)
        isBehind = false
        return edition
    }

    private typealias Appearance = (catalog: AssetCatalog, library: Result<TemplateLibrary, TemplateProblems>, diagnostics: [Diagnostic])

    /// Notes, which are most of it and need nothing of the rest, and beside them the rest.
    private func readFiles() -> (notes: Result<Void, any Error>, appearance: Result<Appearance, any Error>) {
        // Used by one thread, which is waited for.
        nonisolated(unsafe) let (templates, assets) = (templates, assets)
        let appearance = Mutex<Result<Appearance, any Error>?>(nil)
        let beside = DispatchGroup()
        DispatchQueue.global().async(group: beside) { [settings] in
            let read = Result {
                let (catalog, diagnostics) = try Self.reading(.publicFolder, settings.publicFolder) { try assets.load() }
                let files = try Self.reading(.templates, settings.templates) { try templates.load() }
                let library = Result { () throws(TemplateProblems) in try TemplateLibrary(files, assets: catalog) }
                return Appearance(catalog, library, diagnostics)
            }
            appearance.withLock { $0 = read }
        }
        let notes = Result { if try Self.reading(.content, settings.content, { try content.read() }) { isBehind = true } }
        beside.wait()
        guard let appearance = appearance.withLock({ $0 }) else { preconditionFailure("it has been waited for") }
        return (notes, appearance)
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
        guard isDue || isBehind || content.hasChanged() || templates.hasChanged() || assets.hasChanged() else { return nil }
        return try load(now: now)
    }

    private static func reading<Result>(_ key: SettingKey, _ value: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FolderUnreadable {
            throw StartProblem.folder(key, value, error)
        }
    }
}

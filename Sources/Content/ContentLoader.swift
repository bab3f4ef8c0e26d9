import Dispatch
public import FoundationEssentials
import Markdown
public import Site
import Synchronization

/// Reads the content folder into snapshots.
///
/// Keeps what it parsed: a later load parses only files that have changed. For
/// one thread at a time; it reads files, so never on an event loop.
public final class ContentLoader {
    /// What a snapshot depends on besides the files and the time.
    public struct Surroundings: Sendable {
        /// Scheme, host and port as browsers see them.
        public var origin: String
        /// Files that links may lead to outside the content folder.
        public var assets: AssetCatalog
        /// Names that `template:` may use; `nil` where they are not known.
        public var templates: Set<String>?
        /// Whether pages that are not public are shown all the same.
        public var showsDrafts: Bool
        /// What is wrong with the assets and templates themselves.
        public var diagnostics: [Diagnostic]

        public init(
            origin: String, assets: AssetCatalog = AssetCatalog(), templates: Set<String>? = nil, showsDrafts: Bool = false,
            diagnostics: [Diagnostic] = []
        ) {
            self.origin = origin
            self.assets = assets
            self.templates = templates
            self.showsDrafts = showsDrafts
            self.diagnostics = diagnostics
        }
    }

    private var folder: Folder
    private let attachments: AssetLoader
    private var notes: [String: (stamp: FileStamp, note: Note)] = [:]
    /// Notes that were read and are not settled yet, with what they are to be kept for.
    private var unsettled: [(note: Note, key: Digest?)] = []
    private var settings: (stamp: FileStamp, file: SettingsFile)?
    private var listing = Folder.Listing()
    private var attached = AssetCatalog()
    /// What was wrong with the files when they were read last.
    private var problems: [Diagnostic] = []
    private var last: NoteBodies?
    private let bodies = KeptBodies()
    private let looks = FolderLooks()

    /// A larger file is reported and not served; default 8 MiB.
    private let mostBytes = 8 << 20

    private let mostUnsettledBytes: Int
    /// More than most machines have processors; those that find nothing left cost nothing.
    private static let mostReaders = 64

    private let results: (any KeptResults)?

    /// - Parameters:
    ///   - mostUnsettledBytes: of notes that may wait for ``settle()``; those beyond are settled when they are read; default 32 MiB.
    ///   - results: where notes are looked for that were read before, by this program or an earlier run of it.
    public init(folder: String, mostUnsettledBytes: Int = 32 << 20, results: (any KeptResults)? = nil) {
        self.mostUnsettledBytes = mostUnsettledBytes
        self.folder = Folder(name: folder)
        self.results = results
        attachments = AssetLoader(folder: folder)
    }

    /// Reads from another place from now on, where unchanged files are the same files. Messages keep the folder's name.
    public func move(to path: String) {
        folder.path = path
        attachments.move(to: path)
    }

    /// The site as it is to be seen at `now`, of the files as they are: ``read()``, then ``site(now:_:)``.
    ///
    /// What takes time and is not needed for it, ``settle()`` does.
    public func load(now: Date, _ surroundings: Surroundings) throws(FolderUnreadable) -> SiteSnapshot {
        try read()
        return site(now: now, surroundings)
    }

    /// Reads what has changed in the folder.
    ///
    /// - Returns: whether anything has.
    /// - Throws: ``FolderUnreadable`` where the folder itself cannot be listed;
    ///   whatever is wrong with a file is a diagnostic of the site.
    @discardableResult public func read() throws(FolderUnreadable) -> Bool {
        let before = listing
        listing = try FolderUnreadable.check(folder) { folder throws(Folder.Failure) in try folder.list() }
        problems = listing.unreadable.map { path, reason in
            Diagnostic(.error, file: name(of: path), "the folder cannot be read: \(reason)", remedy: "give the server the right to list it")
        }
        readNotes()
        readSettings()
        let (catalog, attachmentDiagnostics) = attachments.load(listing.files.filter { Self.isAttachment($0.key) })
        attached = catalog
        problems += attachmentDiagnostics
        return listing != before
    }

    /// The site as it is to be seen at `now`, of the files as they were read last.
    public func site(now: Date, _ surroundings: Surroundings) -> SiteSnapshot {
        var builder = SiteBuilder(
            notes: notes.values.map(\.note).sorted { $0.file < $1.file }, now: now, folderName: folder.name, showsDrafts: surroundings.showsDrafts,
            templates: surroundings.templates, attachments: attached, assets: surroundings.assets, diagnostics: surroundings.diagnostics + problems,
            previous: last, kept: bodies)
        let rootTitle = notes.values.first { $0.note.path.isRoot }?.note.title
        let file = settings?.file
        let (site, bodies) = builder.build(
            settings: SiteSettings(
                origin: surroundings.origin, title: file?.title ?? rootTitle ?? "Landing", description: file?.description ?? "",
                language: file?.language ?? "en", author: file?.author ?? "", navigation: file?.navigation ?? []))
        last = bodies
        return site
    }

    /// Packs what was loaded, and keeps it for the next start.
    public func settle() {
        defer { unsettled = [] }
        DispatchQueue.concurrentPerform(iterations: unsettled.count) { [unsettled, results] index in
            Self.settle(unsettled[index].note, unsettled[index].key, results)
        }
    }

    private static func settle(_ note: Note, _ key: Digest?, _ results: (any KeptResults)?) {
        if let results, let key { results.keep(note.keptBytes, for: key) } else { _ = note.text.packed }
    }

    /// Whether files have changed since the last load; where something has happened, costs one look at each, no reading.
    public func hasChanged() -> Bool { looks.hasChanged(folder) { $0 == listing } }

    private func name(of file: String) -> String { "\(folder.name)/\(file)" }

    private func readNotes() {
        var current: [String: (stamp: FileStamp, note: Note)] = [:]
        var changed: [(file: String, stamp: FileStamp)] = []
        for (file, stamp) in listing.files where Self.isNote(file) {
            if let known = notes[file], known.stamp == stamp { current[file] = known } else { changed.append((file, stamp)) }
        }
        let read = Mutex<[(index: Int, result: Result<Reading, Folder.Failure>)]>([])
        let unsettledBytes = Atomic(0)
        let next = Atomic(0)
        // A note is known by itself: as many at once as there are processors, each of which goes on with the next as long as
        // there is one.
        DispatchQueue.concurrentPerform(iterations: min(changed.count, Self.mostReaders)) {
            [folder, mostBytes, mostUnsettledBytes, changed, results] _ in
            let markdown = MarkdownReader()
            var bytes: [UInt8] = []
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < changed.count else { return }
                let file = changed[index].file
                let result = Result { () throws(Folder.Failure) in
                    try folder.read(file, limit: mostBytes, into: &bytes)
                    let (note, key) = Note.read(file: file, bytes: bytes, displayName: "\(folder.name)/\(file)", markdown, results)
                    let isNew = results == nil || key != nil
                    if isNew, unsettledBytes.add(bytes.count, ordering: .relaxed).newValue > mostUnsettledBytes {
                        Self.settle(note, key, results)
                        return Reading(note: note, key: nil, isSettled: true)
                    }
                    return Reading(note: note, key: key, isSettled: !isNew)
                }
                read.withLock { $0.append((index, result)) }
            }
        }
        for (index, result) in read.withLock({ $0 }) {
            let (file, stamp) = changed[index]
            switch result {
            case .success(let reading):
                current[file] = (stamp, reading.note)
                if !reading.isSettled { unsettled.append((reading.note, reading.key)) }
            case .failure(let failure):
                problems.append(
                    Diagnostic(
                        .error, file: name(of: file), "the file cannot be read: \(failure.reason)", remedy: "give the server the right to read it"))
            }
        }
        notes = current
    }

    private struct Reading {
        let note: Note
        let key: Digest?
        let isSettled: Bool
    }

    private func readSettings() {
        guard let stamp = listing.files[SettingsFile.name] else { return settings = nil }
        if settings?.stamp != stamp {
            do {
                let bytes = try folder.read(SettingsFile.name, limit: mostBytes)
                settings = (stamp, SettingsFile(bytes: bytes, displayName: name(of: SettingsFile.name)))
            } catch {
                problems.append(
                    Diagnostic(
                        .error, file: name(of: SettingsFile.name), "the file cannot be read: \(error.reason)",
                        remedy: "give the server the right to read it"))
            }
        }
        problems += settings?.file.diagnostics ?? []
    }

    private static func isNote(_ file: String) -> Bool { file.lowercased().hasSuffix(".md") }

    private static func isAttachment(_ file: String) -> Bool { !isNote(file) && file != SettingsFile.name }
}

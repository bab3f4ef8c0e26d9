public import Site

/// Reads the files of a folder that are served as they are.
///
/// Keeps what it read: a later ``load()`` reads only what has changed. For one
/// thread at a time.
public final class AssetLoader {
    private var folder: Folder
    private var known: [String: (stamp: FileStamp, asset: Asset)] = [:]
    private let looks = FolderLooks()

    /// A larger file is reported and not served; default 32 MiB.
    private let mostBytes = 32 << 20

    public init(folder: String) { self.folder = Folder(name: folder) }

    /// Reads from another place from now on, where unchanged files are the same files. Messages keep the folder's name.
    public func move(to path: String) {
        folder.path = path
    }

    /// - Returns: the files by address, and what could not be read.
    /// - Throws: ``FolderUnreadable`` where the folder itself cannot be listed.
    public func load() throws(FolderUnreadable) -> (catalog: AssetCatalog, diagnostics: [Diagnostic]) {
        let listing = try FolderUnreadable.check(folder) { folder throws(Folder.Failure) in try folder.list() }
        return load(listing.files)
    }

    func load(_ files: [String: FileStamp]) -> (catalog: AssetCatalog, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        var assets: [Asset] = []
        var current: [String: (stamp: FileStamp, asset: Asset)] = [:]
        for (file, stamp) in files.sorted(by: { $0.key < $1.key }) {
            if let kept = known[file], kept.stamp == stamp {
                current[file] = kept
                assets.append(kept.asset)
                continue
            }
            do {
                let bytes = try folder.read(file, limit: mostBytes)
                let ending = file.lastIndex(of: ".").map { file[file.index(after: $0)...] } ?? ""
                let type = MediaType.of(fileExtension: ending)
                let asset = Asset(
                    path: "/" + file, fingerprint: Fingerprint.of(bytes),
                    integrity: ["css", "js", "mjs"].contains(ending) ? Fingerprint.integrity(of: bytes) : "", contentType: type, bytes: bytes,
                    pixelSize: type.hasPrefix("image/") ? ImageHeader.pixelSize(of: bytes) : nil)
                current[file] = (stamp, asset)
                assets.append(asset)
            } catch {
                diagnostics.append(
                    Diagnostic(
                        .error, file: "\(folder.name)/\(file)", "the file is not served: \(error.reason)",
                        remedy: "make it readable or smaller, or remove it"))
            }
        }
        known = current
        return (AssetCatalog(assets), diagnostics)
    }

    /// Whether ``load()`` would now give something else.
    public func hasChanged() -> Bool { looks.hasChanged(folder) { $0.files == known.mapValues(\.stamp) } }
}

/// A folder named in the configuration cannot be read.
public struct FolderUnreadable: Error, CustomStringConvertible {
    public let folder: String
    public let reason: String

    public var description: String { "\(folder): \(reason)" }

    static func check<Result>(_ folder: Folder, _ body: (Folder) throws(Folder.Failure) -> Result) throws(FolderUnreadable) -> Result {
        do { return try body(folder) } catch { throw FolderUnreadable(folder: folder.name, reason: error.reason) }
    }
}

public import Site

/// Reads the templates folder. For one thread at a time.
public final class TemplateLoader {
    private var folder: Folder
    private var files: [String: FileStamp] = [:]
    private let looks = FolderLooks()

    private static let ending = ".mustache"

    public init(folder: String) { self.folder = Folder(name: folder) }

    /// Reads from another place from now on, where unchanged files are the same files. Messages keep the folder's name.
    public func move(to path: String) {
        folder.path = path
    }

    /// Every `.mustache` file, in order of their names.
    ///
    /// - Throws: ``FolderUnreadable`` where the folder or a file in it cannot be read.
    public func load() throws(FolderUnreadable) -> [TemplateFile] {
        files = try FolderUnreadable.check(folder) { folder throws(Folder.Failure) in try folder.list() }.files
        var templates: [TemplateFile] = []
        for file in files.keys.sorted() where file.hasSuffix(Self.ending) {
            let name = "\(folder.name)/\(file)"
            let bytes = try FolderUnreadable.check(folder) { folder throws(Folder.Failure) in try folder.read(file, limit: 1 << 20) }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw FolderUnreadable(folder: name, reason: "it is not UTF-8") }
            templates.append(TemplateFile(name: String(file.dropLast(Self.ending.count)), file: name, text: text))
        }
        return templates
    }

    /// Whether files have changed since the last load.
    public func hasChanged() -> Bool { looks.hasChanged(folder) { $0.files == files } }
}

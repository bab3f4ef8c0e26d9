import FoundationEssentials
public import Site

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps copies of all that a site is made from, and which of them is served.
///
/// In its folder are one folder a generation, named by its ``GenerationID``, and `history`: a line for each generation
/// that was served, the current one last. Both change whole or not at all, and are on the disk when a call returns.
/// A file that did not change is the same file in the next generation. Any thread, and several processes; reads and
/// writes files, so never on an event loop.
public struct GenerationStore: Sendable {
    /// What stands in the way, with its remedy.
    public struct Failure: Error, CustomStringConvertible, Equatable {
        public let description: String
    }

    /// Generations of which ``appoint(_:since:isReturn:)`` leaves the files; one can go back to them.
    public static let kept = 5

    /// Files larger than any that is served are not read whole.
    private static let mostBytes = 64 << 20

    private let folder: String

    /// - Parameter folder: made when something is kept in it.
    public init(folder: String) { self.folder = folder }

    // MARK: Which is served

    /// What is to be served; `nil` before anything was.
    public var current: Appointment? { history().last }

    public func holds(_ generation: GenerationID) -> Bool { access("\(folder)/\(generation)", R_OK) == 0 }

    public func files(of generation: GenerationID) -> SiteFiles {
        let place = "\(folder)/\(generation)"
        return SiteFiles(content: "\(place)/content", templates: "\(place)/templates", publicFolder: "\(place)/public")
    }

    /// Makes `generation`, which must be held, the current one.
    ///
    /// - Parameters:
    ///   - since: of two appointments the later one holds, so it becomes later than the current one's if it is not.
    ///   - isReturn: one that was current before is returned to: those after it are forgotten.
    /// - Returns: what was written.
    @discardableResult
    public func appoint(_ generation: GenerationID, since: Double, isReturn: Bool = false) throws(Failure) -> Appointment {
        try locked { () throws(Failure) in
            guard holds(generation) else { throw Failure(description: "\(folder) does not hold the generation \(generation.short)") }
            let old = history()
            var new = old
            if isReturn, let index = old.firstIndex(where: { $0.generation == generation }) { new.removeSubrange(index...) }
            new.removeAll { $0.generation == generation }
            let appointment = Self.appointment(generation, since, after: old)
            new = (new + [appointment]).suffix(Self.kept)
            try write(new)
            clean(keeping: Set(new.map(\.generation)), known: Set(old.map(\.generation)), now: since)
            return appointment
        }
    }

    /// Returns to the generation before the current one, which is forgotten; its files are left to servers that may
    /// still read them. May be repeated.
    ///
    /// - Throws: ``Failure`` where there is none.
    public func rollBack(since: Double) throws(Failure) -> Appointment {
        try locked { () throws(Failure) in
            let old = history()
            guard let last = old.dropLast().last, holds(last.generation) else {
                throw Failure(description: "there is no generation before the current one; \(Self.kept) are kept")
            }
            let appointment = Self.appointment(last.generation, since, after: old)
            try write(old.dropLast(2) + [appointment])
            return appointment
        }
    }

    private static func appointment(_ generation: GenerationID, _ since: Double, after history: [Appointment]) -> Appointment {
        Appointment(generation: generation, since: max(since, history.last.map { $0.since + 0.001 } ?? since))
    }

    private func history() -> [Appointment] {
        // Before the first generation there is none.
        guard let bytes = try? Folder(name: folder).read("history", limit: 1 << 16) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Appointment($0) }
    }

    private func write(_ history: [Appointment]) throws(Failure) {
        let text = history.map { "\($0)\n" }.joined()
        try Self.write(Array(text.utf8), to: "\(folder)/.history")
        Self.synchronize("\(folder)/.history")
        try Self.check(rename("\(folder)/.history", "\(folder)/history"), folder)
        Self.synchronize(folder)
    }

    // MARK: Keeping

    /// The name of what `files` hold now.
    ///
    /// - Parameter progress: called with the number of files that were read, and of all.
    public func identify(_ files: SiteFiles, progress: (Int, Int) -> Void = { _, _ in }) throws(Failure) -> GenerationID {
        let listed = try list(files)
        var input = DigestInput("generation")
        for (number, file) in listed.enumerated() {
            progress(number, listed.count)
            input.add(file.name)
            input.add(DigestFunction.sha256(try Self.read(file)))
        }
        progress(listed.count, listed.count)
        return GenerationID(DigestFunction.sha256(input))
    }

    /// Copies `files`, unless their generation is held already.
    ///
    /// - Throws: ``Failure``, also where the files change meanwhile.
    public func keep(_ files: SiteFiles, progress: (Int, Int) -> Void = { _, _ in }) throws(Failure) -> GenerationID {
        let generation = try identify(files)
        try locked { () throws(Failure) in
            guard !holds(generation) else { return }
            let listed = try list(files)
            let partial = "\(folder)/.\(generation)"
            Self.removeAll(partial)
            try Self.makeFolder(partial)
            for (name, _) in files.folders { try Self.makeFolder("\(partial)/\(name)") }
            let known = current.map { "\(folder)/\($0.generation)" }
            for (number, file) in listed.enumerated() {
                progress(number, listed.count)
                let bytes = try Self.read(file)
                let place = "\(partial)/\(file.name)"
                try Self.makeFolders(above: file.name, in: partial)
                // The same bytes are the same file: it takes no room, and is not read again to be served.
                if let known, Self.holds("\(known)/\(file.name)", bytes), link("\(known)/\(file.name)", place) == 0 { continue }
                try Self.write(bytes, to: place)
            }
            let copy = SiteFiles(content: "\(partial)/content", templates: "\(partial)/templates", publicFolder: "\(partial)/public")
            guard try identify(copy) == generation else {
                Self.removeAll(partial)
                throw Failure(description: "the files changed while they were read; try again")
            }
            // One after the other, thousands would take minutes.
            sync()
            try Self.check(rename(partial, "\(folder)/\(generation)"), folder)
            Self.synchronize(folder)
            progress(listed.count, listed.count)
        }
        return generation
    }

    /// A file, where it is and as it is named in a generation.
    private struct Listed {
        let folder: Folder
        let path: String
        let name: String
    }

    private func list(_ files: SiteFiles) throws(Failure) -> [Listed] {
        var listed: [Listed] = []
        for (name, path) in files.folders {
            let folder = Folder(name: path)
            let listing: Folder.Listing
            do throws(Folder.Failure) {
                listing = try folder.list()
            } catch {
                throw Failure(description: "\(path): \(error.reason); name a folder that can be read")
            }
            // Without one of its folders a site would lose pages and nobody would know why.
            if let (name, reason) = listing.unreadable.min(by: { $0.key < $1.key }) {
                throw Failure(description: "\(path)/\(name): \(reason); make it readable, or move it elsewhere")
            }
            listed += listing.files.keys.map { Listed(folder: folder, path: $0, name: "\(name)/\($0)") }
        }
        return listed.sorted { $0.name < $1.name }
    }

    private static func read(_ file: Listed) throws(Failure) -> [UInt8] {
        do throws(Folder.Failure) {
            return try file.folder.read(file.path, limit: mostBytes)
        } catch {
            throw Failure(description: "\(file.folder.name)/\(file.path): \(error.reason); make it readable, or move it elsewhere")
        }
    }

    /// Whether the file at `path` has just these bytes.
    private static func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return false }
        // A file that is missing or cannot be read has other bytes: it is written anew.
        let known = try? Folder(name: String(path[..<slash])).read(String(path[path.index(after: slash)...]), limit: bytes.count)
        return known == bytes
    }

    /// Removes what is no longer needed: generations that were `known` and are not to be kept, those that were copied
    /// and never served, after a day, and what was interrupted.
    private func clean(keeping kept: Set<GenerationID>, known: Set<GenerationID>, now: Double) {
        // What cannot be listed or removed now is with a later generation.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if let generation = GenerationID(name) {
                guard !kept.contains(generation), known.contains(generation) || Self.age(of: path, now: now) > 86_400 else { continue }
                // Half removed it must not look whole.
                let gone = "\(folder)/.\(generation)"
                Self.removeAll(gone)
                if rename(path, gone) == 0 { Self.removeAll(gone) }
            } else if name.hasPrefix("."), GenerationID(name.dropFirst()) != nil {
                Self.removeAll(path)
            }
        }
    }

    private static func age(of path: String, now: Double) -> Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.modificationDate] as? Date).map { now - $0.timeIntervalSince1970 } ?? 0
    }

    // MARK: The disk

    /// One process at a time; another one waits.
    private func locked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(description: "\(folder): \(error); name a folder that can be written")
        }
        let descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try Self.check(descriptor, folder)
        // The lock ends with the descriptor.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 { guard errno == EINTR else { throw Failure(description: "\(folder): \(Self.lastError)") } }
        return try body()
    }

    private static func makeFolders(above name: String, in root: String) throws(Failure) {
        var path = root
        for part in name.split(separator: "/").dropLast() {
            path += "/\(part)"
            try makeFolder(path)
        }
    }

    private static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw Failure(description: "\(path): \(lastError); name a folder that can be written") }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try check(descriptor, path)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "\(path): \(lastError); make room on the disk") }
            written += count
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.write(descriptor, buffer, count)
        #else
        Darwin.write(descriptor, buffer, count)
        #endif
    }

    /// Waits until a file, or the names in a folder, are on the disk.
    private static func synchronize(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private static func removeAll(_ path: String) {
        // What cannot be removed is removed with a later generation.
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func check(_ result: Int32, _ path: String) throws(Failure) {
        if result < 0 { throw Failure(description: "\(path): \(lastError); name a folder that can be written") }
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

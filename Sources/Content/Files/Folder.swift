#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder of the author's or operator's, read without following anything out of it.
struct Folder: Sendable {
    /// As it was named, for messages.
    let name: String
    /// Where it is.
    var path: String

    init(name: String) {
        self.name = name
        path = name
    }

    struct Failure: Error {
        let reason: String
    }

    struct Listing: Equatable, Sendable {
        /// Regular files by their path below the folder.
        var files: [String: FileStamp] = [:]
        /// Folders that could not be listed, with the system's reason.
        var unreadable: [String: String] = [:]
        /// Folders by their path below the folder, which is the empty one.
        var folders: [String] = []

        /// Folders without files are nothing.
        static func == (one: Listing, other: Listing) -> Bool { one.files == other.files && one.unreadable == other.unreadable }
    }

    /// Its path without links; `nil` where there is none.
    var place: String? { Self.realPath(path) }

    /// Every file below the folder. Names that begin with a dot are skipped, and
    /// so are links that lead out of the folder and links to folders.
    ///
    /// - Throws: ``Failure`` where the folder itself cannot be listed.
    func list() throws(Failure) -> Listing {
        guard let root = Self.realPath(path) else { throw Failure(reason: Self.lastError) }
        var listing = Listing()
        var pending = [""]
        while let folder = pending.popLast() {
            listing.folders.append(folder)
            let place = folder.isEmpty ? root : "\(root)/\(folder)"
            guard let directory = opendir(place) else {
                if folder.isEmpty { throw Failure(reason: Self.lastError) }
                listing.unreadable[folder] = Self.lastError
                continue
            }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                var status = stat()
                let name: String? = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { name in
                        guard name.pointee != CChar(UInt8(ascii: ".")) else { return nil }
                        // Below the open folder, so that the way to it is not gone again for each file.
                        return fstatat(dirfd(directory), name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? String(cString: name) : nil
                    }
                }
                guard let name else { continue }
                let relative = folder.isEmpty ? name : "\(folder)/\(name)"
                switch status.st_mode & S_IFMT {
                case S_IFDIR: pending.append(relative)
                case S_IFREG: listing.files[relative] = Self.stamp(status)
                case S_IFLNK:
                    guard let target = Self.realPath("\(root)/\(relative)"), target.hasPrefix(root + "/"), stat(target, &status) == 0,
                        status.st_mode & S_IFMT == S_IFREG
                    else { continue }
                    listing.files[relative] = Self.stamp(status)
                default: break
                }
            }
        }
        return listing
    }

    /// The bytes of a file that ``list()`` named, at most `limit`.
    func read(_ file: String, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(file, limit: limit, into: &bytes)
        return bytes
    }

    /// In the place of what was in `bytes`, whose memory is used again.
    func read(_ file: String, limit: Int, into bytes: inout [UInt8]) throws(Failure) {
        bytes.removeAll(keepingCapacity: true)
        let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: Self.lastError) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(reason: Self.lastError) }
        guard status.st_size <= limit else { throw Failure(reason: "it has \(status.st_size) bytes, at most \(limit) are read") }
        // One more than there is, so that the end shows; a file may have grown since.
        var room = Int(status.st_size) + 1
        while true {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: room))
            let count = bytes.withUnsafeMutableBytes { Self.systemRead(descriptor, $0.baseAddress?.advanced(by: start), room) }
            let error = errno
            bytes.removeLast(room - max(count, 0))
            if count == 0 { return }
            if count < 0 {
                if error == EINTR { continue }
                throw Failure(reason: String(cString: strerror(error)))
            }
            room = count == room ? 64 << 10 : max(room - count, 1)
            guard bytes.count <= limit else { throw Failure(reason: "it grew past \(limit) bytes while it was read") }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func stamp(_ status: stat) -> FileStamp {
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        return FileStamp(
            size: Int64(status.st_size), modifiedSeconds: Int64(modified.tv_sec), modifiedNanoseconds: Int64(modified.tv_nsec),
            inode: UInt64(status.st_ino))
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

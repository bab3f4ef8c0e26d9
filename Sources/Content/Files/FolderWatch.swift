#if os(Linux)
import CStatFS
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Tells whether anything may have happened below a folder, as the kernel tells (inotify(7)): a site of thousands of files
/// need not be looked through each second. For one thread at a time.
///
/// Where the kernel tells nothing, as of a file system of another machine, or where it watches no more, something may always
/// have happened. It says nothing of a file that a program writes through memory, either: so each ``patience``th look is a
/// thorough one.
final class FolderWatch {
    /// Looks from one thorough look to the next: half a minute where one looks every second.
    static let patience = 30

    #if os(Linux)
    private let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    private var watched: [String: Int32] = [:]
    private var isWhole = false
    private var quietLooks = 0

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Watches these folders from now on, and no others. What happens in one before that, a listing made after this has.
    ///
    /// - Parameter folders: their paths, without links.
    /// - Returns: whether one is watched that was not before: what was listed in it before may be old.
    func watch(_ folders: Set<String>) -> Bool {
        guard descriptor >= 0, folders.allSatisfy(Self.isLocal) else {
            isWhole = false
            return false
        }
        for (folder, number) in watched where !folders.contains(folder) {
            inotify_rm_watch(descriptor, number)
            watched[folder] = nil
        }
        isWhole = true
        var isNew = false
        for folder in folders {
            // Of a folder that is watched, the same number; one that was removed and made anew is another.
            let number = inotify_add_watch(descriptor, folder, Self.events)
            guard number >= 0 else {
                isWhole = false
                continue
            }
            if watched.updateValue(number, forKey: folder) != number { isNew = true }
        }
        return isNew
    }

    /// Whether something may have happened since this was called last.
    func mayHaveChanged() -> Bool {
        let hasEvents = readEvents()
        guard isWhole, !hasEvents, quietLooks < Self.patience else {
            quietLooks = 0
            return true
        }
        quietLooks += 1
        return false
    }

    /// Takes all that there are.
    private func readEvents() -> Bool {
        guard descriptor >= 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var any = false
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { any = true } else if count == 0 || errno != EINTR { return any }
        }
    }

    private static let events = UInt32(
        IN_CREATE | IN_DELETE | IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

    /// Not one of those whose files other machines, or other kernels, change.
    private static func isLocal(_ folder: String) -> Bool {
        var system = statfs()
        guard statfs(folder, &system) == 0 else { return false }
        // NFS, SMB, CIFS, FUSE, 9P, Ceph, AFS (statfs(2)).
        let others: Set<UInt32> = [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x00C3_6400, 0x5346_414F]
        return !others.contains(UInt32(truncatingIfNeeded: system.f_type))
    }
    #else
    func watch(_ folders: Set<String>) -> Bool { false }

    func mayHaveChanged() -> Bool { true }
    #endif
}

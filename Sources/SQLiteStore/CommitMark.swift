import GRDB
import GRDBSQLite
import Identity
import Synchronization

/// Tells whether anything was committed to a database file, by this process or any other, in some nanoseconds.
///
/// Reads the head of the WAL index ("WAL-mode File Format", section 2.1), which every process that has the file open
/// shares in memory, and by which SQLite's own readers know what they may read. A commit is published by writing a new
/// head, its second copy first, before it is acknowledged. So:
///
/// 1. While both copies are what they were, no commit was acknowledged since.
/// 2. A head never comes back: each commit counts up `iChange`, and a log that is begun anew or read again after a
///    crash is another one by its salts, its length and the checksum over all of its frames.
/// 3. What was read from the database *after* the head was taken is of that state or a newer one; if the head is still
///    the same later, there is no newer one.
///
/// Any write counts, to whichever table. The memory is SQLite's own mapping, valid while a connection of this process is open.
@safe struct CommitMark: Sendable {
    /// The head as it was at one moment.
    struct Head: Sendable, Equatable {
        fileprivate let (first, second, third, fourth, fifth, sixth): (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        /// - Parameter word: from 0 to 5.
        fileprivate init(_ word: (Int) -> UInt64) {
            (first, second, third, fourth, fifth, sixth) = (word(0), word(1), word(2), word(3), word(4), word(5))
        }

        var mark: SessionMark { SessionMark(SIMD8(first, second, third, fourth, fifth, sixth, 0, 0)) }

        /// Whether exactly one commit lies between `other` and this: `iChange`, the third number of 32 bits, counts them.
        func isNext(after other: Head) -> Bool {
            UInt32(truncatingIfNeeded: second) == UInt32(truncatingIfNeeded: other.second) &+ 1
        }
    }

    /// Two copies of six words. Written by all processes, read here only.
    private nonisolated(unsafe) let memory: UnsafeMutablePointer<Atomic<UInt64>>

    /// Bytes of the first part of the index, which SQLite maps as a whole.
    private static let partSize: Int32 = 32 << 10
    /// The only version of the format that there has been.
    private static let version: UInt32 = 3_007_000

    /// `nil` where the database has no index that can be read: then nothing is known without asking.
    ///
    /// - Parameter database: of a connection that has read once, and stays open as long as this is used.
    init?(_ database: Database) {
        guard let connection = unsafe database.sqliteConnection else { return nil }
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard unsafe sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file = unsafe file,
            let methods = unsafe file.pointee.pMethods, unsafe methods.pointee.iVersion >= 2, let map = unsafe methods.pointee.xShmMap
        else { return nil }
        var part: UnsafeMutableRawPointer?
        guard unsafe map(file, 0, Self.partSize, 0, &part) == SQLITE_OK, let part = unsafe part,
            unsafe part.load(as: UInt32.self) == Self.version
        else { return nil }
        unsafe memory = part.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// `nil` in the moment in which a commit is being published.
    var head: Head? {
        let head = Head { unsafe memory[$0].load(ordering: .acquiring) }
        // Zero until the index was made, and while it is made anew after a crash.
        guard head.first != 0 else { return nil }
        return head == Head { unsafe memory[6 + $0].load(ordering: .acquiring) } ? head : nil
    }
}

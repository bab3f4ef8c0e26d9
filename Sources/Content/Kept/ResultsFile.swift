import FoundationEssentials
public import Site
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps results in one file from run to run, so that a start computes only what has changed since the last.
///
/// The file is a head, which names the program, and records that are only ever appended: of key, length, checksum and
/// bytes. What is torn, of another program, or cannot be read is computed again; what cannot be written is not kept.
/// Several processes may append to one file. Any thread; reads and writes files, so never on an event loop.
public final class ResultsFile: KeptResults {
    private struct Place {
        var offset: Int
        var length: Int
    }

    private struct State {
        var file: OpenFile?
        var places: [Digest: Place] = [:]
        /// What was asked for and found, or kept, since the file was opened.
        private(set) var used: [Digest: Place] = [:]
        private(set) var usedBytes = 0
        var length = 0
        /// Of the file, since all of a site was asked for.
        var mostLength = Int.max
        /// Records that are not in the file yet.
        var pending: [UInt8] = []
        var pendingKeys: [(key: Digest, start: Int, length: Int)] = []
        var isTorn = false
        /// Why nothing is kept any more.
        var failure: String?
        var isReported = false

        mutating func use(_ key: Digest, _ place: Place) {
            if used.updateValue(place, forKey: key) == nil { usedBytes += ResultsFile.recordHead + place.length }
        }
    }

    private let path: String
    private let head: [UInt8]
    private let onFailure: @Sendable (String) -> Void
    private let state: Mutex<State>

    private static let headLength = 64
    private static let recordHead = 32 + 4 + 8
    /// No record is larger; default 64 MiB.
    private static let mostBytes = 64 << 20
    /// Kept in memory before they are written.
    private static let mostPending = 1 << 20
    private static let leftFree = 256 << 20
    /// What may be in the file besides twice the bytes that are used.
    private static let slack = 4 << 20

    /// - Parameters:
    ///   - path: of the file, which is made with the first result; its folder must be there.
    ///   - program: results of another one are dropped; at most 40 bytes.
    ///   - onFailure: called once with the reason, where nothing can be kept any more.
    public init(path: String, program: String, onFailure: @escaping @Sendable (_ reason: String) -> Void) {
        self.path = path
        self.onFailure = onFailure
        let name = "landing results 1 \(program)"
        head =
            Array(name.utf8.prefix(Self.headLength - 1)) + Array(repeating: UInt8(ascii: " "), count: max(0, Self.headLength - 1 - name.utf8.count))
            + [UInt8(ascii: "\n")]
        state = Mutex(Self.open(path, head: head))
    }

    // MARK: Results

    public func bytes(for key: Digest) -> [UInt8]? {
        let found = state.withLock { state -> (file: OpenFile, place: Place)? in
            guard let file = state.file, let place = state.places[key] else { return nil }
            return (file, place)
        }
        guard let (file, place) = found, let record = file.read(Self.recordHead + place.length, at: place.offset) else { return nil }
        let bytes = Array(record[Self.recordHead...])
        guard record[..<Self.recordHead].elementsEqual(Self.recordHead(key, bytes)) else {
            state.withLock { $0.isTorn = true }
            return nil
        }
        state.withLock { state in
            // The file may be another by now, where it stands elsewhere.
            if state.file === file, state.places[key]?.offset == place.offset { state.use(key, place) }
        }
        return bytes
    }

    public func keep(_ bytes: [UInt8], for key: Digest) {
        guard bytes.count <= Self.mostBytes else { return }
        let recordHead = Self.recordHead(key, bytes)
        state.withLock { state in
            guard state.failure == nil, state.used[key] == nil else { return }
            // Of a site that changes again and again, what is used by then is sorted out at the next start.
            guard state.length + state.pending.count < state.mostLength else { return }
            state.pendingKeys.append((key, state.pending.count, bytes.count))
            state.pending += recordHead
            state.pending += bytes
            if state.pending.count > Self.mostPending { write(&state) }
        }
    }

    /// Writes what is not in the file yet, and drops what nobody asked for where that is most of it. To be called when
    /// all of a site was asked for.
    public func settle() {
        let failure = state.withLock { state -> String? in
            write(&state)
            if state.mostLength == .max {
                let isWorthwhile = state.isTorn || state.length > 2 * state.usedBytes + Self.slack
                if state.failure == nil, isWorthwhile, hasRoom(for: state.usedBytes) { rewrite(&state, onlyUsed: true) }
                state.mostLength = 2 * state.usedBytes + 8 * Self.slack
            }
            defer { state.isReported = state.failure != nil }
            return state.isReported ? nil : state.failure
        }
        if let failure { onFailure(failure) }
    }

    // MARK: The file

    private static func recordHead(_ key: Digest, _ bytes: [UInt8]) -> [UInt8] {
        key.bytes + (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + DigestFunction.sha256(bytes).bytes.prefix(8)
    }

    private static func open(_ path: String, head: [UInt8]) -> State {
        var state = State()
        guard let file = OpenFile(path, O_RDWR | O_APPEND), file.read(headLength, at: 0) == head else { return state }
        state.file = file
        let end = file.length
        var offset = headLength
        while offset < end {
            guard let record = file.read(recordHead, at: offset), let key = Digest(record[..<32]) else { break }
            let length = (0..<4).reduce(0) { $0 | Int(record[32 + $1]) << (8 * $1) }
            guard length <= mostBytes, offset + recordHead + length <= end else { break }
            state.places[key] = Place(offset: offset, length: length)
            offset += recordHead + length
        }
        state.isTorn = offset != end
        state.length = end
        return state
    }

    private func write(_ state: inout State) {
        guard !state.pending.isEmpty, state.failure == nil else { return }
        defer {
            state.pending.removeAll(keepingCapacity: false)
            state.pendingKeys = []
        }
        let isWhole = state.file == nil || state.isTorn
        guard hasRoom(for: state.pending.count + (isWhole ? state.length : 0)) else {
            state.failure = "fewer than \(Self.leftFree >> 20) MB are free beside it"
            return
        }
        // A torn end would take what is appended to it for its own.
        if isWhole { rewrite(&state, onlyUsed: false) } else { append(&state) }
    }

    private func append(_ state: inout State) {
        guard let file = state.file, let end = file.append(state.pending) else {
            state.failure = Self.lastError
            return
        }
        state.length = end
        for (key, start, length) in state.pendingKeys {
            state.use(key, Place(offset: end - state.pending.count + start, length: length))
        }
    }

    /// A disk is for what cannot be computed again first.
    private func hasRoom(for count: Int) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var system = statvfs()
        guard statvfs(folder, &system) == 0, system.f_frsize > 0 else { return false }
        // Some systems say that they have no end.
        return UInt64(system.f_bavail) > UInt64(Self.leftFree + count) / UInt64(system.f_frsize)
    }

    /// A new file of what is used, and of what is pending, in the place of the old one.
    private func rewrite(_ state: inout State, onlyUsed: Bool) {
        let new = "\(path).new"
        guard let file = OpenFile(new, O_RDWR | O_APPEND | O_CREAT) else {
            state.failure = Self.lastError
            return
        }
        // Another process may be writing one, which then is as good. What was left half-written belongs to nobody.
        guard file.isTaken(at: new) else { return }
        if state.file == nil, let other = Self.open(path, head: head).file {
            // It has just finished one, and goes on with it.
            unlink(new)
            state.file = other
            return append(&state)
        }
        var places: [Digest: Place] = [:]
        var buffer = head
        var start = 0
        var isWritten = true
        func add(_ key: Digest, _ record: some Collection<UInt8>) {
            places[key] = Place(offset: start + buffer.count, length: record.count - Self.recordHead)
            buffer += record
            guard buffer.count > Self.mostPending else { return }
            start += buffer.count
            isWritten = isWritten && file.append(buffer) != nil
            buffer = []
        }
        if let old = state.file {
            for (key, place) in (onlyUsed ? state.used : state.places).sorted(by: { $0.value.offset < $1.value.offset }) {
                guard let record = old.read(Self.recordHead + place.length, at: place.offset) else { continue }
                add(key, record)
            }
        }
        for (key, offset, length) in state.pendingKeys { add(key, state.pending[offset..<(offset + Self.recordHead + length)]) }
        guard isWritten, let length = file.append(buffer), rename(new, path) == 0 else {
            state.failure = Self.lastError
            unlink(new)
            return
        }
        state.file = file
        let pending = Set(state.pendingKeys.map(\.key))
        for (key, place) in places where state.used[key] != nil || pending.contains(key) { state.use(key, place) }
        state.places = places
        state.length = length
        state.isTorn = false
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

/// A descriptor, closed when nobody holds it.
private final class OpenFile: Sendable {
    private let descriptor: Int32

    init?(_ path: String, _ flags: Int32) {
        // What is not public yet is among it.
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Takes and empties it, if nobody else has it and it still has that name; until it is closed.
    func isTaken(at path: String) -> Bool {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0, stat(path, &named) == 0, own.st_ino == named.st_ino else { return false }
        return ftruncate(descriptor, 0) == 0
    }

    var length: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// All of `count` bytes, or nothing.
    func read(_ count: Int, at offset: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                if part < 0, errno == EINTR { continue }
                guard part > 0 else { break }
                filled += part
            }
        }
        return bytes.count == count ? bytes : nil
    }

    /// In one piece, behind whatever is there.
    ///
    /// - Returns: where they end; `nil` where they were not written, with the reason in `errno`.
    func append(_ bytes: [UInt8]) -> Int? {
        var written = 0
        while written < bytes.count {
            let part = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { return nil }
            written += part
        }
        return Int(lseek(descriptor, 0, SEEK_CUR))
    }
}

import Glibc
import Synchronization

/// A file descriptor that log lines are written to, whole and one at a time.
///
/// Any thread. A line is one `write(2)`. A reader who stops reading stops nobody
/// here: where nothing moves for `patience` the line is dropped, and further ones
/// at once, until the reader takes something again. Nothing is thrown; what cannot
/// be written is counted. The process must ignore SIGPIPE, as NIO makes it do.
public final class LogOutput: Sendable {
    /// How a write on the descriptor is kept from waiting.
    private enum Mode {
        /// A pipe or a terminal, opened once more without waiting; the flag belongs to
        /// the opening, so other programs at the same pipe or terminal do not notice.
        case reopened
        case socket
        /// A disk, which is never long.
        case file
        /// A pipe or a terminal that cannot be opened again. One page is written at a time:
        /// a pipe that can be written to takes one without waiting.
        case polled
    }

    private struct State {
        var isStalled = false
        /// Whether a line broke off in the middle.
        var isTorn = false
    }

    private static let pageSize = 4_096

    private let descriptor: Int32
    private let mode: Mode
    private let patience: Duration
    private let state = Mutex(State())
    private let dropped = Atomic<Int>(0)

    /// - Parameters:
    ///   - descriptor: stays the caller's, and open as long as this output.
    ///   - patience: how long a line waits for a reader; milliseconds count.
    public init(descriptor: Int32, patience: Duration = .milliseconds(50)) {
        self.patience = patience
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            (self.descriptor, mode) = (descriptor, .polled)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: (self.descriptor, mode) = (descriptor, .socket)
        case S_IFIFO, S_IFCHR:
            let opened = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            (self.descriptor, mode) = opened >= 0 ? (opened, .reopened) : (descriptor, .polled)
        default: (self.descriptor, mode) = (descriptor, .file)
        }
    }

    deinit {
        if mode == .reopened { close(descriptor) }
    }

    /// How many lines were lost, or lost their end.
    public var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// Writes a line that ends with a line feed.
    public func write(_ line: String) {
        let isWhole = state.withLock { state in
            var text = state.isTorn ? "\n" + line : line
            return text.withUTF8 { write(UnsafeRawBufferPointer($0), &state) }
        }
        if !isWhole { dropped.add(1, ordering: .relaxed) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ state: inout State) -> Bool {
        var rest = bytes[...]
        // A socket may be called writable and still refuse; this must not become a loop.
        var refusals = 0
        while !rest.isEmpty, refusals < 3 {
            // A reader who did not come back is not waited for again.
            let wait = state.isStalled ? .zero : patience
            if mode == .polled, !isWritable(within: wait) { break }
            let count = writeOnce(UnsafeRawBufferPointer(rebasing: rest))
            if count > 0 {
                refusals = 0
                state.isStalled = false
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
                refusals += 1
                if !isWritable(within: wait) { break }
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        state.isStalled = !rest.isEmpty
        if rest.count < bytes.count { state.isTorn = !rest.isEmpty }
        return rest.isEmpty
    }

    private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch mode {
        case .reopened, .file: Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .polled: Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Self.pageSize))
        case .socket: send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
    }

    private func isWritable(within wait: Duration) -> Bool {
        let (seconds, attoseconds) = wait.components
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // An error is found by the write that follows.
        return poll(&entry, 1, Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)) > 0
    }
}

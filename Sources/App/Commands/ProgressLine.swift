import Foundation
import Synchronization

/// One line on a terminal that says how far long work is; nothing anywhere else. Any thread.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let shown = Mutex("")

    /// - Parameter of: 0 where the end is not known.
    func show(_ what: String, _ done: Int = 0, of all: Int = 0) {
        guard isTerminal else { return }
        let filled = all > 0 ? min(Self.width, done * Self.width / all) : 0
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let line = all > 0 ? "\(what) [\(bar)] \(done) of \(all)" : what
        shown.withLock { shown in
            // Thousands of steps are not thousands of writes.
            guard line != shown, done == 0 || done == all || done * 100 / max(all, 1) != (done - 1) * 100 / max(all, 1) else { return }
            Environment.writeError("\r\u{1B}[K\(line)")
            shown = line
        }
    }

    func clear() {
        if isTerminal, shown.withLock({ !$0.isEmpty }) { Environment.writeError("\r\u{1B}[K") }
    }

    private static let width = 30
}

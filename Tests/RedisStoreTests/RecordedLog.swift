import Logging
import Synchronization

/// A log that can be read.
final class RecordedLog: LogHandler, Sendable {
    private let entries = Mutex<[(level: Logger.Level, text: String)]>([])
    private let fields = Mutex<Logger.Metadata>([:])

    var metadata: Logger.Metadata {
        get { fields.withLock { $0 } }
        set { fields.withLock { $0 = newValue } }
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { fields.withLock { $0[key] = newValue } }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        entries.withLock { $0.append((event.level, "\(event.message) \(all)")) }
    }

    var warnings: [String] { texts(.warning) }
    var notices: [String] { texts(.notice) }

    private func texts(_ level: Logger.Level) -> [String] { entries.withLock { $0.filter { $0.level == level }.map(\.text) } }
}

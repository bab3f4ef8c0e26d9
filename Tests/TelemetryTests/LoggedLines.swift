import Logging
import Synchronization
import Telemetry

/// Keeps what a handler writes; its clock stands at 2026-11-22T12:34:56.789Z.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined() } }

    @Sendable func write(_ line: String) { lines.withLock { $0.append(line) } }

    @Sendable static func now() -> LogTime { LogTime(seconds: 1_795_350_896, nanoseconds: 789_000_000) }

    func json(redacted: RedactedKeys = .standard, provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "landing.web") {
            JSONLogHandler(label: $0, logLevel: .trace, metadataProvider: provider, redacted: redacted, now: Self.now, write: self.write)
        }
    }

    func readable(isColoured: Bool = false) -> Logger {
        Logger(label: "landing.web") { _ in ReadableLogHandler(logLevel: .trace, isColoured: isColoured, now: Self.now, write: self.write) }
    }
}

import Foundation
import Logging
import Telemetry

/// How log lines are written.
enum LogFormat: String, Sendable {
    case json, text, auto

    /// A logger to standard error.
    func logger(label: String) -> Logger {
        let output = LogOutput(descriptor: STDERR_FILENO)
        let isTerminal = isatty(STDERR_FILENO) == 1
        let now: @Sendable () -> LogTime = {
            let time = Date().timeIntervalSince1970
            return LogTime(seconds: Int(time), nanoseconds: Int((time - time.rounded(.down)) * 1_000_000_000))
        }
        let isColoured = isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        return Logger(label: label) { label in
            if self == .json || self == .auto && !isTerminal { return JSONLogHandler(label: label, now: now, write: output.write) }
            return ReadableLogHandler(isColoured: isColoured, now: now, write: output.write)
        }
    }
}

import Logging

/// Tells of an outage once, and of its end once. Only on its event loop.
final class OutageLog {
    private let logger: Logger
    private let subject: String
    private var isOut = false

    /// - Parameter subject: what is out, as the beginning of a sentence.
    init(_ logger: Logger, subject: String) {
        self.logger = logger
        self.subject = subject
    }

    func begin(_ reason: String) {
        guard !isOut else { return }
        isOut = true
        logger.warning("\(subject) is unavailable", metadata: ["reason": "\(reason)"])
    }

    func end() {
        guard isOut else { return }
        isOut = false
        logger.notice("\(subject) is available again")
    }
}

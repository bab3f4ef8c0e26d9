import NIOCore

/// Where a connection stands between its bytes and its requests. Shared by the
/// handlers of one connection, on its event loop only.
final class ConnectionPhase {
    enum Reading: Equatable {
        /// Between two requests.
        case idle
        /// Inside a head. A target without an end is too long a target, fields without an end too large a head.
        case head(sawLineEnd: Bool)
        case body
        /// What still comes is thrown away.
        case closed
        /// No HTTP any more: both sides speak the protocol that they have changed to.
        case tunnel
    }

    var reading = Reading.idle {
        didSet { if reading != oldValue { onChange?() } }
    }
    /// Requests that have no complete answer yet.
    var unanswered = 0 {
        didSet { if unanswered != oldValue { onChange?() } }
    }
    /// The last request had no body: its head was the end of it.
    var endedWithHead = false
    /// The handler with the deadlines looks again.
    var onChange: (() -> Void)?
}

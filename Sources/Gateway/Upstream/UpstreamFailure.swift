/// Why a call came to nothing, or to an end before its time.
enum UpstreamFailure: Error, Sendable, Equatable {
    /// No connection came about.
    case unreachable(String)
    /// Whoever answers has not proved to be the gateway, and was told nothing.
    case untrusted(String)
    /// The connection ended before the answer did.
    case lost(String)
    /// What came is not HTTP.
    case broken(String)
    /// A deadline has passed.
    case slow(String)
    /// Whoever asked does not wait any more.
    case cancelled
    case sessionEnded
    /// This side has been shut down.
    case stopped

    var problem: GatewayProblem {
        switch self {
        case .unreachable(let detail): GatewayProblem(.unreachable, detail, retryAfter: 2)
        case .untrusted(let detail): GatewayProblem(.untrusted, detail)
        case .lost(let detail): GatewayProblem(.failing, detail, retryAfter: 1)
        case .broken(let detail): GatewayProblem(.answerBroken, detail)
        case .slow(let detail): GatewayProblem(.slow, detail, retryAfter: 5)
        case .cancelled: GatewayProblem(.failing, "the caller went away")
        case .sessionEnded: GatewayProblem(.sessionEnded)
        case .stopped: GatewayProblem(.restarting, "this site is stopping", retryAfter: 5)
        }
    }
}

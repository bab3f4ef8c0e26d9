import NIOCore

/// How long to wait before the next attempt to connect.
struct LinkBackoff {
    private let patience: SocketPatience
    private let jitter: @Sendable () -> Double
    private var failures = 0

    init(_ patience: SocketPatience, jitter: @escaping @Sendable () -> Double) {
        self.patience = patience
        self.jitter = jitter
    }

    /// A connection has held: the next one is tried soon.
    mutating func reset() { failures = 0 }

    mutating func next(after problem: GatewayProblem) -> TimeAmount {
        defer { failures += 1 }
        let shortest = patience.shortestPause.nanoseconds
        let longest = max(patience.longestPause.nanoseconds, shortest)
        // The first comes soon, but not from all sites in the same moment.
        let ceiling = failures == 0 ? shortest / 4 : min(longest, shortest << min(failures - 1, 20))
        var pause = TimeAmount.nanoseconds(ceiling / 2 + Int64(Double(ceiling / 2) * min(max(jitter(), 0), 1)))
        if Self.needsSomebody(problem.kind) { pause = max(pause, patience.refusedPause) }
        if let seconds = problem.retryAfter { pause = max(pause, .seconds(Int64(min(max(seconds, 0), 600)))) }
        return pause
    }

    /// Whether trying again changes nothing, and may do harm.
    static func needsSomebody(_ kind: GatewayProblem.Kind) -> Bool {
        switch kind {
        case .tokenMissing, .tokenWrong, .lockedOut, .scopeMissing, .tooOld, .attributionRequired: true
        default: false
        }
    }
}

import Synchronization

/// What is open now: calls of all people, and streams of each.
final class OpenCalls: Sendable {
    private struct Counts {
        var calls = 0
        var streams: [String: Int] = [:]
    }

    private let counts = Mutex(Counts())
    private let limits: GatewayLimits

    init(_ limits: GatewayLimits) { self.limits = limits }

    /// Whoever takes a place gives it back with ``leave()``.
    func enter() throws(GatewayProblem) {
        let isAdmitted = counts.withLock { counts in
            guard counts.calls < limits.calls else { return false }
            counts.calls += 1
            return true
        }
        guard isAdmitted else { throw GatewayProblem(.tooManyRequests, "The site has as many calls open as it may.", retryAfter: 1) }
    }

    func leave() { counts.withLock { $0.calls -= 1 } }

    /// Whoever takes a place gives it back with ``closeStream(of:)``.
    func openStream(of caller: String) throws(GatewayProblem) {
        let isAdmitted = counts.withLock { counts in
            let open = counts.streams[caller, default: 0]
            guard open < limits.streamsPerCaller else { return false }
            counts.streams[caller] = open + 1
            return true
        }
        guard isAdmitted else {
            throw GatewayProblem(.tooManyStreams, "\(limits.streamsPerCaller) streams at once are allowed.", retryAfter: 5)
        }
    }

    func closeStream(of caller: String) {
        counts.withLock { counts in
            guard let open = counts.streams[caller] else { return }
            counts.streams[caller] = open > 1 ? open - 1 : nil
        }
    }

    var calls: Int { counts.withLock { $0.calls } }
}

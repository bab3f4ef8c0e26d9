import Synchronization

/// What is open now: calls of all people, and streams of each.
final class OpenCalls: Sendable {
    private let open = Atomic(0)
    private let streams = Mutex<[String: Int]>([:])
    private let limits: GatewayLimits

    init(_ limits: GatewayLimits) { self.limits = limits }

    /// Whoever takes a place gives it back with ``leave()``.
    func enter() throws(GatewayProblem) {
        guard open.add(1, ordering: .relaxed).newValue > limits.calls else { return }
        leave()
        throw GatewayProblem(.tooManyRequests, "The site has as many calls open as it may.", retryAfter: 1)
    }

    func leave() { open.subtract(1, ordering: .relaxed) }

    /// Whoever takes a place gives it back with ``closeStream(of:)``.
    func openStream(of caller: String) throws(GatewayProblem) {
        let isAdmitted = streams.withLock { streams in
            let open = streams[caller, default: 0]
            guard open < limits.streamsPerCaller else { return false }
            streams[caller] = open + 1
            return true
        }
        guard isAdmitted else {
            throw GatewayProblem(.tooManyStreams, "\(limits.streamsPerCaller) streams at once are allowed.", retryAfter: 5)
        }
    }

    func closeStream(of caller: String) {
        streams.withLock { streams in
            guard let open = streams[caller] else { return }
            streams[caller] = open > 1 ? open - 1 : nil
        }
    }

    var calls: Int { open.load(ordering: .relaxed) }
}

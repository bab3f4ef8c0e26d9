import NIOCore
import Synchronization

/// Where callers of any thread meet the event loop: the state, the calls that it has yet to fetch, and the count of those without an answer.
final class CallIntake: Sendable {
    private struct Content {
        var state = RedisState.connecting
        var fetched: [RedisCall] = []
        var count = 0
        var bytes = 0
        var readiness: [Answer<Void>] = []
    }

    enum Admission {
        /// The event loop must be told.
        case first
        case joined
        case refused(RedisError)
    }

    private let content = Mutex(Content())
    private let countLimit: Int
    private let byteLimit: Int

    init(limits: RedisLimits) {
        countLimit = limits.waitingCommands
        byteLimit = min(limits.waitingBytes, 512 << 20)
    }

    var state: RedisState { content.withLock { $0.state } }

    /// Why a command of that size cannot be sent now.
    func refusal(size: Int) -> RedisError? { content.withLock { refusal($0, size: size) } }

    private func refusal(_ content: Content, size: Int) -> RedisError? {
        switch content.state {
        case .connecting: .unavailable(reason: "not yet connected")
        case .unavailable(let reason, _): .unavailable(reason: reason)
        case .ready: content.count < countLimit && size <= byteLimit - content.bytes ? nil : .overloaded
        }
    }

    func add(_ call: RedisCall) -> Admission {
        content.withLock { content in
            if let refusal = refusal(content, size: call.bytes.readableBytes) { return .refused(refusal) }
            content.count += 1
            content.bytes += call.bytes.readableBytes
            content.fetched.append(call)
            return content.fetched.count == 1 ? .first : .joined
        }
    }

    func fetch() -> [RedisCall] {
        content.withLock { content in
            let calls = content.fetched
            content.fetched = []
            return calls
        }
    }

    /// So many calls, with so many bytes, are no longer waited for.
    func release(count: Int, bytes: Int) {
        content.withLock { content in
            content.count -= count
            content.bytes -= bytes
        }
    }

    func open() {
        let waiting = content.withLock { content in
            content.state = .ready
            return Self.takeReadiness(&content)
        }
        for answer in waiting { answer.give(.success(())) }
    }

    /// Refuses every call from now on, forgets those before, and returns the ones that were not fetched.
    func close(reason: String, since now: ContinuousClock.Instant) -> [RedisCall] {
        let (calls, waiting) = content.withLock { content in
            if case .unavailable(_, let since) = content.state {
                content.state = .unavailable(reason: reason, since: since)
            } else {
                content.state = .unavailable(reason: reason, since: now)
            }
            let calls = content.fetched
            content.fetched = []
            content.count = 0
            content.bytes = 0
            return (calls, Self.takeReadiness(&content))
        }
        for answer in waiting { answer.give(.failure(.unavailable(reason: reason))) }
        return calls
    }

    /// Gives `answer` as soon as the first attempt to connect has ended.
    func awaitFirstAttempt(_ answer: Answer<Void>) {
        let result: Result<Void, RedisError>? = content.withLock { content in
            switch content.state {
            case .ready: return .success(())
            case .unavailable(let reason, _): return .failure(.unavailable(reason: reason))
            case .connecting:
                content.readiness.append(answer)
                return nil
            }
        }
        if let result { answer.give(result) }
    }

    private static func takeReadiness(_ content: inout Content) -> [Answer<Void>] {
        defer { content.readiness = [] }
        return content.readiness
    }
}

/// Keeps callers away from a server that did not answer, so that they hear it at once instead of one by one: for a
/// while after the first failure, then for twice as long each time.
///
/// Then one call tries whether it is back, and the others are still kept away until that is known.
public struct CircuitBreak: Sendable {
    public typealias Instant = ContinuousClock.Instant

    /// Leave for one call. What an older call meets says nothing of the server as it is now.
    public struct Turn: Sendable, Equatable {
        fileprivate let number: Int
        fileprivate let begin: Instant
    }

    /// Why callers are kept away, and since when the server does not answer, whatever the reason was then.
    public struct Outage: Sendable, Equatable {
        public let reason: String
        public let since: Instant

        public init(reason: String, since: Instant) {
            self.reason = reason
            self.since = since
        }
    }

    private enum State {
        case closed
        case open(until: Instant)
        case trying
    }

    private let shortest: Duration
    private let longest: Duration
    private var state = State.closed
    private var wait: Duration
    private var number = 0
    /// The turn of calls whose success would still refute a failure that was not certain.
    private var doubted: Int?
    private var lastSuccess: Instant?
    /// `nil` while callers are let through.
    public private(set) var outage: Outage?

    /// - Parameters:
    ///   - shortest: after the first failure. Default 1 s.
    ///   - longest: default 5 s.
    public init(shortest: Duration = .seconds(1), longest: Duration = .seconds(5)) {
        self.shortest = shortest
        self.longest = longest
        wait = shortest
    }

    /// Why a call need not even stand in line.
    public func refusal(at now: Instant) -> String? {
        switch state {
        case .closed: nil
        case .open(let until): now < until ? outage?.reason : nil
        case .trying: outage?.reason
        }
    }

    /// Lets a call begin, which must say how it ended; `nil` keeps it away.
    public mutating func begin(at now: Instant) -> Turn? {
        guard refusal(at: now) == nil else { return nil }
        if case .open = state { state = .trying }
        return Turn(number: number, begin: now)
    }

    public mutating func succeed(_ turn: Turn, at now: Instant) {
        guard turn.number == number || turn.number == doubted else { return }
        lastSuccess = now
        state = .closed
        wait = shortest
        doubted = nil
        outage = nil
    }

    /// - Parameter isCertain: whether it speaks of the server even where another call has just succeeded: a connection can
    ///   be lost alone.
    public mutating func fail(_ turn: Turn, at now: Instant, reason: String, isCertain: Bool = true) {
        // Of many calls that were on their way, the first that fails speaks for all.
        guard turn.number == number else { return }
        if !isCertain, case .closed = state, let lastSuccess, lastSuccess > turn.begin { return }
        doubted = isCertain ? nil : number
        number += 1
        outage = Outage(reason: reason, since: outage?.since ?? now)
        state = .open(until: now + wait)
        wait = min(wait * 2, longest)
    }
}

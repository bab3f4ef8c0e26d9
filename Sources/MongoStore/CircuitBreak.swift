/// Keeps callers away from a server that did not answer: for one second, then for twice as long each time, five at most.
///
/// Then one call tries whether it is back, and the others are still kept away until that is known.
struct CircuitBreak {
    /// Which calls belong together; what an older one met says nothing of the server as it is now.
    struct Turn: Equatable {
        fileprivate let number: Int
    }

    private static let shortest = Duration.seconds(1)
    private static let longest = Duration.seconds(5)

    private enum State {
        case closed
        case open(until: ContinuousClock.Instant)
        case trying
    }

    private var state = State.closed
    private var wait = Self.shortest
    private var turn = Turn(number: 0)
    /// Why callers are kept away; `nil` while they are not.
    private(set) var reason: String?

    /// Why a call need not even stand in line.
    func refusal(at now: ContinuousClock.Instant) -> String? {
        switch state {
        case .closed: nil
        case .open(let until): now < until ? reason : nil
        case .trying: reason
        }
    }

    /// Lets a call begin, which must say how it ended; `nil` keeps it away.
    mutating func begin(at now: ContinuousClock.Instant) -> Turn? {
        guard refusal(at: now) == nil else { return nil }
        if case .open = state { state = .trying }
        return turn
    }

    mutating func succeed(_ turn: Turn) {
        guard turn == self.turn else { return }
        state = .closed
        wait = Self.shortest
        reason = nil
    }

    mutating func fail(_ turn: Turn, at now: ContinuousClock.Instant, reason: String) {
        // Of many calls that were on their way, the first that fails speaks for all.
        guard turn == self.turn else { return }
        self.turn = Turn(number: turn.number + 1)
        self.reason = reason
        state = .open(until: now + wait)
        wait = min(wait * 2, Self.longest)
    }
}

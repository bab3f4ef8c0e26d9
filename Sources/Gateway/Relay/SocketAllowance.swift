/// How many requests each person may make over all their sockets: so many at once, and then as many in each minute.
struct SocketAllowance {
    private struct Purse {
        var coins: Double
        var at: ContinuousClock.Instant
    }

    private let perMinute: Double
    private var purses: [String: Purse] = [:]
    private var sweep = 1_024

    init(perMinute: Int) { self.perMinute = Double(perMinute) }

    /// - Returns: milliseconds to wait where there is nothing left; `nil` where the request may go.
    mutating func take(_ callerID: String, at now: ContinuousClock.Instant) -> Int? {
        var purse = purses[callerID] ?? Purse(coins: perMinute, at: now)
        fill(&purse, now)
        defer {
            purses[callerID] = purse
            if purses.count > sweep { clean(now) }
        }
        guard purse.coins >= 1 else { return Int((1 - purse.coins) * 60_000 / perMinute) + 1 }
        purse.coins -= 1
        return nil
    }

    private func fill(_ purse: inout Purse, _ now: ContinuousClock.Instant) {
        purse.coins = min(perMinute, purse.coins + max(0, (now - purse.at) / .seconds(1)) * perMinute / 60)
        purse.at = now
    }

    /// Forgets those whom forgetting gives nothing.
    private mutating func clean(_ now: ContinuousClock.Instant) {
        purses = purses.filter { now - $0.value.at < .seconds(60) }
        sweep = max(1_024, purses.count * 2)
    }
}

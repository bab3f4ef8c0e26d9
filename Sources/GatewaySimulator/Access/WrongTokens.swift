import NIOCore
import Synchronization

/// Locks out who shows ten wrong tokens in a minute.
final class WrongTokens: Sendable {
    private struct Attempts {
        var times: [NIODeadline] = []
        var lockedUntil: NIODeadline?
    }

    private let lockOut: TimeAmount
    private let attempts = Mutex<[String: Attempts]>([:])

    init(lockOut: TimeAmount) { self.lockOut = lockOut }

    /// Seconds that are left, rounded up; `nil` where nobody is locked out.
    func secondsLocked(_ address: String) -> Int? {
        attempts.withLock { attempts in
            guard let until = attempts[address]?.lockedUntil else { return nil }
            let left = until - .now()
            guard left > .zero else {
                attempts[address] = nil
                return nil
            }
            return Int((left.nanoseconds + 999_999_999) / 1_000_000_000)
        }
    }

    func add(_ address: String) {
        let now = NIODeadline.now()
        attempts.withLock { attempts in
            var mine = attempts[address] ?? Attempts()
            mine.times = mine.times.filter { now - $0 < .seconds(60) } + [now]
            if mine.times.count >= 10 { mine.lockedUntil = now + lockOut }
            attempts[address] = mine
        }
    }

    func forget(_ address: String) { attempts.withLock { $0[address] = nil } }
}

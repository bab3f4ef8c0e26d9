import Identity
import Synchronization

/// Open live streams, of which one person may have a few.
final class LiveSeats: Sendable {
    private let taken = Mutex<[User.ID: Int]>([:])
    private let limit: Int

    init(limit: Int = 12) { self.limit = limit }

    /// `nil` where all of them are taken.
    func take(_ person: User.ID) -> Seat? {
        let isFree = taken.withLock { taken in
            guard taken[person, default: 0] < limit else { return false }
            taken[person, default: 0] += 1
            return true
        }
        return isFree ? Seat(seats: self, person: person) : nil
    }

    /// Free again when nobody holds it any more.
    final class Seat: Sendable {
        private let seats: LiveSeats
        private let person: User.ID

        fileprivate init(seats: LiveSeats, person: User.ID) {
            self.seats = seats
            self.person = person
        }

        deinit {
            seats.taken.withLock { taken in
                taken[person, default: 1] -= 1
                if taken[person] == 0 { taken[person] = nil }
            }
        }
    }
}

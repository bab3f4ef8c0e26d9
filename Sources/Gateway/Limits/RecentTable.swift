/// Values by key within a limit of what they cost together; those that were not used for longest make room for others.
struct RecentTable<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        var value: Value
        var cost: Int
        var newer: Int?
        var older: Int?
    }

    private let limit: Int
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var places: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?
    private(set) var cost = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { places.count }

    /// Counts as use.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if newest != place {
            unlink(place)
            link(place)
        }
        return entries[place]?.value
    }

    /// Changes a value in its place, and counts as use; of a key that is not there, `value` is kept first.
    mutating func change<Result>(_ key: Key, from value: @autoclosure () -> Value, _ body: (inout Value) -> Result) -> Result {
        guard let place = places[key] else {
            var value = value()
            defer { set(value, for: key) }
            return body(&value)
        }
        if newest != place {
            unlink(place)
            link(place)
        }
        guard var entry = entries[place].take() else { preconditionFailure("a place without a value") }
        defer { entries[place] = entry }
        return body(&entry.value)
    }

    /// Does not keep what alone costs more than the limit.
    mutating func set(_ value: Value, for key: Key, cost: Int = 1) {
        remove(key)
        guard cost <= limit else { return }
        while self.cost + cost > limit, let oldest, let key = entries[oldest]?.key { remove(key) }
        let entry = Entry(key: key, value: value, cost: cost)
        let place: Int
        if let last = free.popLast() {
            place = last
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        places[key] = place
        self.cost += cost
        link(place)
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        cost -= entries[place]?.cost ?? 0
        entries[place] = nil
        free.append(place)
    }

    mutating func removeAll() { self = RecentTable(limit: limit) }

    mutating func removeAll(where matches: (Key) -> Bool) {
        for key in places.keys where matches(key) { remove(key) }
    }

    private mutating func link(_ place: Int) {
        entries[place]?.newer = nil
        entries[place]?.older = newest
        if let newest { entries[newest]?.newer = place }
        newest = place
        if oldest == nil { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place]?.newer, entries[place]?.older)
        if let newer { entries[newer]?.older = older } else { newest = older }
        if let older { entries[older]?.newer = newer } else { oldest = newer }
    }
}

import Synchronization

/// Those who look at the state of a link and hear its events.
final class LinkAudience: Sendable {
    private struct Seats {
        var state = GatewayLink.State.connecting
        var states: [Int: AsyncStream<GatewayLink.State>.Continuation] = [:]
        var events: [Int: AsyncStream<GatewayEvent>.Continuation] = [:]
        var count = 0
        var isOver = false
    }

    private let seats = Mutex(Seats())

    var state: GatewayLink.State { seats.withLock { $0.state } }

    func tell(_ state: GatewayLink.State) {
        seats.withLock { seats in
            guard seats.state != state, !seats.isOver else { return }
            seats.state = state
            for listener in seats.states.values { listener.yield(state) }
        }
    }

    func tell(_ event: GatewayEvent) {
        let listeners = seats.withLock { Array($0.events.values) }
        for listener in listeners { listener.yield(event) }
    }

    /// Whether anybody hears what happens.
    var hasListeners: Bool { seats.withLock { !$0.events.isEmpty } }

    func states() -> AsyncStream<GatewayLink.State> {
        let (stream, continuation) = AsyncStream.makeStream(of: GatewayLink.State.self, bufferingPolicy: .bufferingNewest(1))
        let id = seats.withLock { seats in
            seats.count += 1
            continuation.yield(seats.state)
            if seats.isOver { continuation.finish() } else { seats.states[seats.count] = continuation }
            return seats.count
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        return stream
    }

    func events() -> AsyncStream<GatewayEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: GatewayEvent.self, bufferingPolicy: .bufferingNewest(256))
        let id = seats.withLock { seats in
            seats.count += 1
            if seats.isOver { continuation.finish() } else { seats.events[seats.count] = continuation }
            return seats.count
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        return stream
    }

    /// Ends all streams, and those that are asked for later.
    func end(_ state: GatewayLink.State) {
        let (states, events) = seats.withLock { seats in
            seats.isOver = true
            seats.state = state
            defer {
                seats.states = [:]
                seats.events = [:]
            }
            return (Array(seats.states.values), Array(seats.events.values))
        }
        for listener in states {
            listener.yield(state)
            listener.finish()
        }
        for listener in events { listener.finish() }
    }

    private func leave(_ id: Int) {
        // Their own memory is freed outside of the lock.
        _ = seats.withLock { seats in (seats.states.removeValue(forKey: id), seats.events.removeValue(forKey: id)) }
    }
}

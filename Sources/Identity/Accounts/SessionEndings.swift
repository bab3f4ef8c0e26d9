public import FoundationEssentials
import Synchronization

/// Tells whoever keeps a connection open for a session that it has ended.
public final class SessionEndings: Sendable {
    private struct Listener {
        let sessionID: UUID
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var nextID = 0
        var listeners: [Int: Listener] = [:]
    }

    private let state = Mutex(State())
    private let tellOthers: @Sendable (Set<UUID>) -> Void

    /// - Parameter tellOthers: called with what this process has ended; must not block.
    public init(tellOthers: @escaping @Sendable (Set<UUID>) -> Void = { _ in }) { self.tellOthers = tellOthers }

    /// A stream that ends as soon as the session has ended; gives nothing.
    public func ending(of sessionID: UUID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let id = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = Listener(sessionID: sessionID, continuation: continuation)
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) } }
        return stream
    }

    /// Sessions that somebody waits for.
    public var watched: Set<UUID> { state.withLock { Set($0.listeners.values.map(\.sessionID)) } }

    /// Ends what is open here for sessions that this process has ended, and has the others told.
    public func end(_ sessionIDs: some Sequence<UUID>) {
        let ended = Set(sessionIDs)
        guard !ended.isEmpty else { return }
        tellOthers(ended)
        endHere(ended)
    }

    /// Ends what is open here for sessions that have ended elsewhere.
    public func endHere(_ ended: Set<UUID>) {
        let listeners = state.withLock { state in state.listeners.values.filter { ended.contains($0.sessionID) } }
        // Outside of the lock, which the termination handler takes.
        for listener in listeners { listener.continuation.finish() }
    }
}

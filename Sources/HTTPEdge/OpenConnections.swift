import NIOCore
import Synchronization

/// The connections of a server: how many there are, and all of them when it stops.
public final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Those that are not on their way out with a 503.
        var admitted = 0
        var peak = 0
        var isQuiescing = false
        var onEmpty: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    public var current: Int { state.withLock { $0.admitted } }

    /// The most that were open at once since this was asked last.
    public func takePeak() -> Int {
        state.withLock { state in
            defer { state.peak = state.admitted }
            return state.peak
        }
    }

    /// Holds `channel` until it closes. Called on its event loop.
    ///
    /// - Returns: whether it is one of `limit` at most; one too many is to be turned away.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        let id = ObjectIdentifier(channel)
        let (isAdmitted, isQuiescing) = state.withLock { state in
            let isAdmitted = state.admitted < limit
            state.channels[id] = channel
            if isAdmitted {
                state.admitted += 1
                state.peak = max(state.peak, state.admitted)
            }
            return (isAdmitted, state.isQuiescing)
        }
        channel.closeFuture.whenComplete { _ in self.remove(id, wasAdmitted: isAdmitted) }
        // Accepted in the moment in which the server began to stop: when its handlers are in place, it hears of it.
        if isQuiescing { channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) } }
        return isAdmitted
    }

    private func remove(_ id: ObjectIdentifier, wasAdmitted: Bool) {
        let onEmpty = state.withLock { state in
            state.channels[id] = nil
            if wasAdmitted { state.admitted -= 1 }
            return state.channels.isEmpty ? state.onEmpty.take() : nil
        }
        onEmpty?()
    }

    /// Tells all of them, and those that may still come, to end after what they have begun.
    ///
    /// - Parameter onEmpty: called once, when the last one has closed; at once where there is none.
    func quiesce(onEmpty: @escaping @Sendable () -> Void) {
        let channels = state.withLock { state in
            state.isQuiescing = true
            if !state.channels.isEmpty { state.onEmpty = onEmpty }
            return Array(state.channels.values)
        }
        if channels.isEmpty { return onEmpty() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes all of them, whatever they do.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}

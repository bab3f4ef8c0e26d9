import NIOCore
import Synchronization

/// All connections that are open.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    var count: Int { channels.withLock(\.count) }

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0.removeValue(forKey: id) } }
    }

    /// - Parameter grace: for those that are about to close by themselves.
    func closeAll(within grace: TimeAmount) async {
        let open = channels.withLock { Array($0.values) }
        let ends = open.map { channel in channel.eventLoop.scheduleTask(in: grace) { channel.close(promise: nil) } }
        for (channel, end) in zip(open, ends) {
            // How it ended does not matter, only that it has.
            try? await channel.closeFuture.get()
            end.cancel()
        }
    }
}

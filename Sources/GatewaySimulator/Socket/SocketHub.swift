import JSON
import NIOCore
import Synchronization

/// All sockets that are open.
final class SocketHub: Sendable {
    private struct State {
        var sockets: [Int: NIOLoopBound<SocketSession>] = [:]
        /// Of those that have introduced themselves.
        var presence: [Int: JSONValue] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock(\.sockets.count) }

    /// Called on the loop of the socket.
    func add(_ socket: SocketSession, on loop: any EventLoop) -> Int {
        let bound = NIOLoopBound(socket, eventLoop: loop)
        return state.withLock { state in
            state.next += 1
            state.sockets[state.next] = bound
            return state.next
        }
    }

    func remove(_ number: Int) {
        state.withLock { state in
            state.sockets[number] = nil
            state.presence[number] = nil
        }
    }

    func introduce(_ number: Int, as presence: JSONValue) { state.withLock { $0.presence[number] = presence } }

    var presence: [JSONValue] { state.withLock { state in state.presence.sorted { $0.key < $1.key }.map(\.value) } }

    func publish(_ event: SimulatorEvent) {
        for socket in all { socket.eventLoop.execute { socket.value.tell(event) } }
    }

    func closeAll(code: Int, reason: String) {
        for socket in all { socket.eventLoop.execute { socket.value.close(code: code, reason: reason) } }
    }

    /// Closes all connections without a word.
    func dropAll() {
        for socket in all { socket.eventLoop.execute { socket.value.drop() } }
    }

    private var all: [NIOLoopBound<SocketSession>] { state.withLock { state in state.sockets.sorted { $0.key < $1.key }.map(\.value) } }
}

import NIOCore
import Synchronization

/// One answer, told word by word on its event loop.
final class SimulatedRun: Sendable {
    enum Event: Sendable {
        case word(String, soFar: String)
        /// The whole text.
        case finished(String)
        case aborted(String)
        case failed(String)
    }

    private struct State {
        var next = 0
        var text = ""
        var hasEnded = false
    }

    let id: String
    let sessionKey: String
    let agentID: String
    private let reply: Reply
    private let pause: TimeAmount
    private let loop: any EventLoop
    private let onEvent: @Sendable (Event) -> Void
    private let state = Mutex(State())

    /// - Parameter onEvent: called on the loop; one of ``Event/finished(_:)``, ``Event/aborted(_:)`` and ``Event/failed(_:)`` is the last.
    init(
        id: String, sessionKey: String, agentID: String, reply: Reply, wordPause: Duration, loop: any EventLoop,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.id = id
        self.sessionKey = sessionKey
        self.agentID = agentID
        self.reply = reply
        pause = TimeAmount(reply.isSlow ? max(wordPause * 10, .milliseconds(100)) : wordPause)
        self.loop = loop
        self.onEvent = onEvent
    }

    var textSoFar: String { state.withLock(\.text) }

    func start() { loop.scheduleTask(in: pause) { self.step() } }

    /// - Returns: whether there was something left to abort.
    @discardableResult
    func abort() -> Bool {
        let text: String? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state.text
        }
        guard let text else { return false }
        loop.execute { self.onEvent(.aborted(text)) }
        return true
    }

    private func step() {
        let event: Event? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            guard state.next < reply.words.count else {
                state.hasEnded = true
                switch reply.ending {
                case .complete: return .finished(state.text)
                case .failed(let message): return .failed(message)
                }
            }
            let word = reply.words[state.next]
            state.next += 1
            state.text += word
            return .word(word, soFar: state.text)
        }
        guard let event else { return }
        onEvent(event)
        if case .word = event { loop.scheduleTask(in: pause) { self.step() } }
    }
}

import NIOCore
import Synchronization

/// One call on one connection: what has come of its answer, and who waits for it.
///
/// The connection writes into it on its event loop, the caller's task reads from it. One task at a time may wait.
final class UpstreamExchange: Sendable {
    /// What a reader gets.
    enum Piece: Sendable {
        case bytes(ByteBuffer)
        /// Nothing has come for the time that ``beginHeartbeat(every:)`` was given.
        case silence
        case end
        case failed(UpstreamFailure)
    }

    typealias Head = Result<AnswerHead, UpstreamFailure>

    /// The connection is not read from while as many bytes wait; one reading adds as many at most.
    static let enough = 32 << 10

    let request: UpstreamRequest
    /// Whether a connection that has served before will not do.
    let wantsFreshConnection: Bool
    let loop: any EventLoop
    private let state = Mutex(State())

    private struct State {
        var connection: NIOLoopBound<UpstreamConnection>?
        var head: AnswerHead?
        var bytes: ByteBuffer?
        var isComplete = false
        var isPaused = false
        var failure: UpstreamFailure?
        var mayRepeat = false
        var headWaiter: CheckedContinuation<Head, Never>?
        var onHead: (@Sendable () -> Void)?
        var pieceWaiter: CheckedContinuation<Piece, Never>?
        var sender: CheckedContinuation<Bool, Never>?
        /// What the sender wants sent, until the connection takes it.
        var parcel: Parcel?
    }

    enum Parcel: Sendable {
        case part(ByteBuffer)
        case end
    }

    init(_ request: UpstreamRequest, on loop: any EventLoop, wantsFreshConnection: Bool) {
        self.request = request
        self.loop = loop
        self.wantsFreshConnection = wantsFreshConnection
    }
}

// MARK: - The caller's side

extension UpstreamExchange {
    /// Waits for the head. Cancelling ends the call.
    func head() async -> Head {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Head? = state.withLock { state in
                    if let failure = state.failure { return .failure(failure) }
                    if let head = state.head { return .success(head) }
                    state.headWaiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            interrupt(.cancelled)
        }
    }

    /// Has a function called on the event loop when the head is here, with what came along with it, or will not come; at
    /// once where that is so already. Once for an exchange.
    func whenHead(_ body: @escaping @Sendable () -> Void) {
        let isHere = state.withLock { state in
            if state.head != nil || state.failure != nil { return true }
            state.onHead = body
            return false
        }
        if isHere { onLoop(body) }
    }

    /// The head and the whole content, where both have come already; for a head that `fits` only, else it stays.
    func takeWhole(where fits: (AnswerHead) -> Bool) -> (head: AnswerHead, content: ByteBuffer)? {
        state.withLock { state in
            guard state.isComplete, state.failure == nil, let head = state.head, fits(head) else { return nil }
            defer { state.bytes = nil }
            return (head, state.bytes ?? ByteBuffer())
        }
    }

    /// Waits for what comes next: all that has come since the last time. Cancelling ends the call.
    func next() async -> Piece {
        if let ready = state.withLock({ take(&$0) }) { return resumed(ready) }
        let piece = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Taken? = state.withLock { state in
                    if let ready = take(&state) { return ready }
                    precondition(state.pieceWaiter == nil, "two tasks read one answer")
                    state.pieceWaiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: resumed(ready)) }
            }
        } onCancel: {
            interrupt(.cancelled)
        }
        return piece
    }

    /// The whole content where it has come already.
    func takeIfComplete() -> ByteBuffer? {
        state.withLock { state in
            guard state.isComplete, state.failure == nil else { return nil }
            defer { state.bytes = nil }
            return state.bytes ?? ByteBuffer()
        }
    }

    enum Collected: Sendable {
        case whole(ByteBuffer)
        /// It is longer; the rest can still be read.
        case beginning(ByteBuffer)
        case failed(UpstreamFailure)
    }

    /// Reads the whole content, or what is a little more than `limit` bytes of it.
    func collect(upTo limit: Int) async -> Collected {
        var whole = ByteBuffer()
        while true {
            switch await next() {
            case .bytes(let bytes):
                if whole.readableBytes == 0 { whole = bytes } else { whole.writeImmutableBuffer(bytes) }
                if whole.readableBytes > limit { return .beginning(whole) }
            case .silence: continue
            case .end: return .whole(whole)
            case .failed(let failure): return .failed(failure)
            }
        }
    }

    /// Whether the same may be asked again on another connection, after a failure.
    var mayRepeat: Bool { state.withLock { $0.mayRepeat } }

    /// Hands over a part of the request's content (`nil`: its end) and waits until the connection has taken it.
    ///
    /// - Returns: whether more is wanted: not after a failure, nor once the gateway answers.
    func send(_ part: ByteBuffer?) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (wanted, connection) = state.withLock { state in
                    guard state.failure == nil, state.head == nil else { return (false, NIOLoopBound<UpstreamConnection>?.none) }
                    state.sender = continuation
                    state.parcel = part.map(Parcel.part) ?? .end
                    return (true, state.connection)
                }
                guard wanted else { return continuation.resume(returning: false) }
                // Without a connection yet, its beginning fetches the parcel.
                if let connection { onLoop { connection.value.sendParcel(of: self) } }
            }
        } onCancel: {
            interrupt(.cancelled)
        }
    }

    /// From now on, a reader that waits is told of each such time in which nothing came.
    func beginHeartbeat(every interval: TimeAmount) {
        guard let connection = state.withLock({ $0.connection }) else { return }
        onLoop { connection.value.beginHeartbeat(of: self, every: interval) }
    }

    /// Ends the call now, its connection with it; what has not been read is lost. Does nothing where all was read.
    func interrupt(_ failure: UpstreamFailure) {
        let connection = fail(failure, isUnread: true)
        if let connection { onLoop { connection.value.abort(self) } }
    }

    private struct Taken {
        let piece: Piece
        let paused: NIOLoopBound<UpstreamConnection>?
    }

    private func take(_ state: inout State) -> Taken? {
        if let bytes = state.bytes {
            state.bytes = nil
            defer { state.isPaused = false }
            return Taken(piece: .bytes(bytes), paused: state.isPaused ? state.connection : nil)
        }
        if let failure = state.failure { return Taken(piece: .failed(failure), paused: nil) }
        return state.isComplete ? Taken(piece: .end, paused: nil) : nil
    }

    private func resumed(_ taken: Taken) -> Piece {
        if let connection = taken.paused { onLoop { connection.value.readOn(for: self) } }
        return taken.piece
    }

    private func onLoop(_ work: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { work() } else { loop.execute(work) }
    }
}

// MARK: - The connection's side

extension UpstreamExchange {
    var isWanted: Bool { state.withLock { $0.failure == nil } }

    func attach(_ connection: NIOLoopBound<UpstreamConnection>) { state.withLock { $0.connection = connection } }

    /// - Returns: whether more is to be read now.
    func deliver(head: AnswerHead?, bytes: ByteBuffer?, isComplete: Bool) -> Bool {
        var headWaiter: CheckedContinuation<Head, Never>?
        var onHead: (@Sendable () -> Void)?
        var pieceWaiter: CheckedContinuation<Piece, Never>?
        var sender: CheckedContinuation<Bool, Never>?
        var piece: Piece?
        let readsOn = state.withLock { state in
            guard state.failure == nil else { return false }
            if let head {
                state.head = head
                swap(&headWaiter, &state.headWaiter)
                swap(&onHead, &state.onHead)
                swap(&sender, &state.sender)
                state.parcel = nil
            }
            if let bytes, bytes.readableBytes > 0 {
                if state.bytes == nil { state.bytes = bytes } else { state.bytes?.writeImmutableBuffer(bytes) }
            }
            if isComplete {
                state.isComplete = true
                state.connection = nil
            }
            if state.pieceWaiter != nil, let taken = take(&state) {
                swap(&pieceWaiter, &state.pieceWaiter)
                piece = taken.piece
            }
            let isFull = (state.bytes?.readableBytes ?? 0) >= Self.enough
            state.isPaused = isFull
            return !isFull
        }
        if let headWaiter, let head { headWaiter.resume(returning: .success(head)) }
        onHead?()
        sender?.resume(returning: false)
        if let pieceWaiter, let piece { pieceWaiter.resume(returning: piece) }
        return readsOn
    }

    /// Tells a reader that waits; one that does not has no need to know.
    func tellSilence() {
        let waiter = state.withLock { state in
            defer { state.pieceWaiter = nil }
            return state.pieceWaiter
        }
        waiter?.resume(returning: .silence)
    }

    /// What is to be sent next, where the sender waits.
    func takeParcel() -> Parcel? {
        state.withLock { state in
            defer { state.parcel = nil }
            return state.parcel
        }
    }

    func parcelSent() {
        let sender = state.withLock { state in
            defer { state.sender = nil }
            return state.sender
        }
        sender?.resume(returning: true)
    }

    /// - Parameters:
    ///   - mayRepeat: nothing of an answer has come, and asking again does no harm.
    ///   - isUnread: what has come and was not read is lost.
    /// - Returns: the connection it was on.
    @discardableResult
    func fail(_ failure: UpstreamFailure, mayRepeat: Bool = false, isUnread: Bool = false) -> NIOLoopBound<UpstreamConnection>? {
        var headWaiter: CheckedContinuation<Head, Never>?
        var onHead: (@Sendable () -> Void)?
        var pieceWaiter: CheckedContinuation<Piece, Never>?
        var sender: CheckedContinuation<Bool, Never>?
        let connection: NIOLoopBound<UpstreamConnection>? = state.withLock { state in
            // What came before a connection ended still counts; who does not want it says so.
            if isUnread { state.bytes = nil } else if state.isComplete { return nil }
            guard state.failure == nil else { return nil }
            state.failure = failure
            state.mayRepeat = mayRepeat
            state.parcel = nil
            swap(&headWaiter, &state.headWaiter)
            swap(&onHead, &state.onHead)
            swap(&pieceWaiter, &state.pieceWaiter)
            swap(&sender, &state.sender)
            defer { state.connection = nil }
            return state.connection
        }
        headWaiter?.resume(returning: .failure(failure))
        if let onHead { onLoop(onHead) }
        pieceWaiter?.resume(returning: .failed(failure))
        sender?.resume(returning: false)
        return connection
    }
}

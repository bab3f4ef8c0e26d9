import NIOCore
import Synchronization

/// Reads parts in a task of its own, one at a time and each when it is asked for, so that the reading can be ended from
/// outside while somebody waits for it.
final class PartRelay: Sendable {
    typealias Parts = any AsyncSequence<ByteBuffer, any Error> & Sendable

    private enum State {
        /// Nobody waits.
        case idle
        /// A part that nobody has asked for yet; its reader goes on when it is taken.
        case offered(ByteBuffer, CheckedContinuation<Void, Never>)
        case awaited(CheckedContinuation<ByteBuffer?, any Error>)
        case ended((any Error)?)
    }

    private let state = Mutex(State.idle)
    private let reader = Mutex<Task<Void, Never>?>(nil)

    init(_ parts: Parts) {
        reader.withLock { reader in
            reader = Task {
                do {
                    for try await part in parts { await offer(part) }
                    end(nil)
                } catch {
                    end(error)
                }
            }
        }
    }

    /// Ends the reading; who waits for a part is told that there is none.
    func cancel() {
        reader.withLock { $0 }?.cancel()
        end(nil)
    }

    /// The next part; `nil` behind the last one, and after ``cancel()``. One caller at a time.
    func next() async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in
            let taken: (part: ByteBuffer?, error: (any Error)?, reader: CheckedContinuation<Void, Never>?)? = state.withLock { state in
                switch state {
                case .offered(let part, let reader):
                    state = .idle
                    return (part, nil, reader)
                case .ended(let error): return (nil, error, nil)
                case .idle, .awaited:
                    state = .awaited(continuation)
                    return nil
                }
            }
            guard let taken else { return }
            taken.reader?.resume()
            if let error = taken.error { continuation.resume(throwing: error) } else { continuation.resume(returning: taken.part) }
        }
    }

    private func offer(_ part: ByteBuffer) async {
        await withCheckedContinuation { continuation in
            let waiting: CheckedContinuation<ByteBuffer?, any Error>?? = state.withLock { state in
                switch state {
                case .awaited(let waiting):
                    state = .idle
                    return .some(waiting)
                case .idle, .offered:
                    state = .offered(part, continuation)
                    return .some(nil)
                case .ended: return nil
                }
            }
            switch waiting {
            case .some(.some(let waiting)):
                waiting.resume(returning: part)
                continuation.resume()
            case .some(.none): break
            case .none: continuation.resume()
            }
        }
    }

    private func end(_ error: (any Error)?) {
        let (waiting, reader): (CheckedContinuation<ByteBuffer?, any Error>?, CheckedContinuation<Void, Never>?) = state.withLock { state in
            switch state {
            case .idle:
                state = .ended(error)
                return (nil, nil)
            case .awaited(let waiting):
                state = .ended(error)
                return (waiting, nil)
            case .offered(_, let reader):
                state = .ended(error)
                return (nil, reader)
            case .ended: return (nil, nil)
            }
        }
        reader?.resume()
        if let error { waiting?.resume(throwing: error) } else { waiting?.resume(returning: nil) }
    }
}

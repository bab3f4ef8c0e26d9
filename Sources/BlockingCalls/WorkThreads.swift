import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Threads of its own, begun when there is work for one more, and kept.
///
/// No queue of Dispatch lends them: its threads are as many as processors and shared with tasks, so what blocks on them
/// keeps tasks waiting (one more comes after a second).
final class WorkThreads: Sendable {
    private let crew: Crew

    /// - Parameters:
    ///   - limit: how many there are at most.
    ///   - niceness: 0 to 19; whoever has 10 gets a tenth of an ordinary thread's weight.
    init(limit: Int, niceness: Int32) { crew = Crew(limit: limit, niceness: niceness) }

    deinit { crew.end() }

    /// Runs `work` on one of them, in the order in which it came.
    func run(_ work: @escaping @Sendable () -> Void) { crew.run(work) }
}

/// What the threads know, apart from their owner, so that they end with it.
private final class Crew: Sendable {
    private struct State {
        var work: [@Sendable () -> Void] = []
        var threads = 0
        var idle = 0
        var hasEnded = false
    }

    private let limit: Int
    private let niceness: Int32
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    init(limit: Int, niceness: Int32) {
        self.limit = limit
        self.niceness = niceness
    }

    func run(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state -> Bool in
            state.work.append(work)
            guard state.idle < state.work.count, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        signal.signal()
        if needsThread, !begin() {
            // Without a thread to spare the others do it; and where there are none, whatever the system still has.
            let isAlone = state.withLock { state in
                state.threads -= 1
                return state.threads == 0
            }
            if isAlone {
                DispatchQueue.global().async {
                    while let work = self.state.withLock({ $0.work.isEmpty ? nil : $0.work.removeFirst() }) { work() }
                }
            }
        }
    }

    func end() {
        let threads = state.withLock { state in
            state.hasEnded = true
            return state.threads
        }
        for _ in 0..<threads { signal.signal() }
    }

    /// One thread's life.
    private func serve() {
        while true {
            state.withLock { $0.idle += 1 }
            signal.wait()
            let work = state.withLock { state -> (@Sendable () -> Void)? in
                state.idle -= 1
                return state.work.isEmpty ? nil : state.work.removeFirst()
            }
            if let work {
                work()
            } else if state.withLock({ $0.hasEnded }) {
                return
            }
        }
    }

    #if canImport(Glibc)
    private func begin() -> Bool {
        var thread = pthread_t()
        let crew = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { crew in
                guard let crew else { return nil }
                let taken = Unmanaged<Crew>.fromOpaque(crew).takeRetainedValue()
                // Refused, it is a thread like the others.
                if taken.niceness > 0 { _ = setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, taken.niceness) }
                taken.serve()
                return nil
            }, crew.toOpaque())
        guard code == 0 else {
            crew.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
    #else
    private func begin() -> Bool {
        // A serial queue of its own has a thread of its own while it works.
        DispatchQueue(label: "landing.work", qos: niceness > 0 ? .utility : .default).async { self.serve() }
        return true
    }
    #endif
}

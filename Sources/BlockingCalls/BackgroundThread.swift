import Dispatch

#if canImport(Glibc)
import Glibc
#endif

/// Threads that give way to all others, each for one piece of work.
enum BackgroundThread {
    /// Runs `body` on one.
    static func run(_ body: @escaping @Sendable () -> Void) {
        #if canImport(Glibc)
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &thread, nil,
            { work in
                // A tenth of an ordinary thread's weight: what answers visitors goes before, and yet this comes to its end.
                // Refused, it is a thread like the others.
                _ = setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, 10)
                if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            // Without a thread to spare, on one that is there.
            DispatchQueue.global(qos: .utility).async(execute: work.takeRetainedValue().body)
        }
        #else
        DispatchQueue.global(qos: .utility).async(execute: body)
        #endif
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

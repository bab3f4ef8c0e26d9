import CMalloc
import Dispatch
import HTTPEdge
import ServiceLifecycle

/// Gives memory back to the system after the start and after a burst of connections. glibc keeps what
/// was freed for later, which to a container's limit looks like a leak.
struct HeapTrimmer: Service {
    let connections: OpenConnections

    /// A heap is worth a look when this many connections have gone.
    private static let worthwhile = 200

    /// Before anything allocates much: with fewer, event loops wait for the threads of the databases, with more there is
    /// more memory that one thread has freed and no other uses.
    static func limitArenas() {
        mallopt(M_ARENA_MAX, 4)
        // Grows in larger steps, each of which is a call of the system, and the heaps of threads by single pages beyond what they
        // begin with. Memory that nobody uses costs nothing.
        mallopt(M_TOP_PAD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 2 << 20)
    }

    func run() async throws {
        // From now on the system gets back what is freed, but for this.
        mallopt(M_TOP_PAD, 512 << 10)
        // Reading the site and making its files small took more than the site takes.
        await trim()
        var most = 0
        var trimsAgain = false
        var keepsBlocks = false
        // `try?`: sleeping ends with an error only when the server stops.
        while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .seconds(5)) })) != nil, !Task.isShuttingDownGracefully {
            if !keepsBlocks {
                keepsBlocks = true
                // What is large and stays is here, from the system. What comes and goes from now on, as rows of the audit trail
                // do, is better kept: else each 4 KiB of it costs a page fault. glibc learns that by itself only while nothing
                // else is set.
                mallopt(M_MMAP_THRESHOLD, 2 << 20)
            }
            let now = connections.current
            most = max(most, connections.takePeak())
            guard most - now >= Self.worthwhile || trimsAgain else { continue }
            // What the last connections held is freed a moment after they have gone.
            trimsAgain = most - now >= Self.worthwhile
            most = now
            await trim()
        }
    }

    private func trim() async {
        await withCheckedContinuation { done in
            // Takes milliseconds under the heap's locks: not on a thread that answers.
            DispatchQueue.global(qos: .utility).async {
                malloc_trim(0)
                done.resume()
            }
        }
    }
}

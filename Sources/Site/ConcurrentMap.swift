import Dispatch
import Synchronization

extension RandomAccessCollection where Self: Sendable, Index == Int {
    /// As `map`, on as many processors as there are; in the collection's order.
    public func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        // Several parts a processor, so that none waits long for another's last; small ones are not worth a thread's start.
        let size = Swift.max(1, Swift.min(64, count / 16))
        let parts = Mutex<[Int: [Result]]>([:])
        DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { part in
            let start = startIndex + part * size
            let results = self[start..<Swift.min(start + size, endIndex)].map(transform)
            parts.withLock { $0[part] = results }
        }
        return parts.withLock { parts in parts.sorted { $0.key < $1.key }.flatMap(\.value) }
    }
}

import NIOCore

/// Puts together the value that hiredis reads piece by piece, and refuses what is larger than an answer may be.
final class ReplyAssembly {
    private struct OpenArray {
        var missing: Int
        var values: [RedisValue]
    }

    /// Bytes that a value may take: its strings, and ``elementSize`` for each element of an array.
    private let limit: Int
    private var used = 0
    private var open: [OpenArray] = []
    private var whole: RedisValue?

    static let elementSize = MemoryLayout<RedisValue>.stride

    init(limit: Int) { self.limit = limit }

    var free: Int { limit - used }

    /// The value, once; the next one begins at nothing.
    func take() -> RedisValue? {
        defer {
            whole = nil
            used = 0
            open.removeAll(keepingCapacity: true)
        }
        return whole
    }

    func beginArray(_ count: Int) -> Bool {
        guard count >= 0, count <= free / Self.elementSize else { return false }
        used += count * Self.elementSize
        guard count > 0 else { return append(.array([])) }
        var values: [RedisValue] = []
        // What was announced need not come.
        values.reserveCapacity(min(count, 64))
        open.append(OpenArray(missing: count, values: values))
        return true
    }

    func append(_ value: RedisValue, size: Int = 0) -> Bool {
        guard size <= free else { return false }
        used += size
        var value = value
        while !open.isEmpty {
            let last = open.count - 1
            open[last].values.append(value)
            open[last].missing -= 1
            guard open[last].missing == 0 else { return true }
            value = .array(open.removeLast().values)
        }
        whole = value
        return true
    }
}

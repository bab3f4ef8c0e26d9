import NIOCore

/// Room for the heads of answers, used again once what was written to it has gone out: the allocator has a lock for blocks
/// of that size, which all threads share. Only on its event loop.
final class ReusedBuffer {
    private var bytes = ByteBuffer()

    /// More than nearly all heads have, with a short body.
    private static let usual = 2 << 10

    /// What `write` wrote. Valid as long as it is kept, like any buffer.
    func filled(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        // Where somebody still has the last one, this makes another.
        bytes.clear(minimumCapacity: Self.usual)
        write(&bytes)
        defer { if bytes.capacity > 4 * Self.usual { bytes = ByteBuffer() } }
        return bytes
    }

    /// One for each event loop of a group.
    static func each(of group: any EventLoopGroup) -> @Sendable (any EventLoop) -> ReusedBuffer {
        var buffers: [ObjectIdentifier: NIOLoopBoundBox<ReusedBuffer>] = [:]
        for loop in group.makeIterator() { buffers[ObjectIdentifier(loop)] = .makeBoxSendingValue(ReusedBuffer(), eventLoop: loop) }
        return { [buffers] loop in buffers[ObjectIdentifier(loop)]?.value ?? ReusedBuffer() }
    }
}

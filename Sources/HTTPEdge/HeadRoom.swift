import NIOCore

/// Room for the heads of answers, used again once what was written to it has gone out, and the lines that all of them end
/// with: the allocator has a lock for blocks of that size, and the date a count of who holds it, which all threads share.
/// Only on its event loop.
final class HeadRoom {
    private let date: HTTPDate
    private var bytes = ByteBuffer()
    private var second = Int.min
    /// Up to the request's id.
    private var dateLine = ByteBuffer()

    /// More than nearly all heads have, with a short body.
    private static let usual = 2 << 10

    init(date: HTTPDate) { self.date = date }

    /// What `write` wrote. Valid as long as it is kept, like any buffer.
    func filled(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        // Where somebody still has the last one, this makes another.
        bytes.clear(minimumCapacity: Self.usual)
        write(&bytes)
        defer { if bytes.capacity > 4 * Self.usual { bytes = ByteBuffer() } }
        return bytes
    }

    /// Writes what a head ends with.
    func end(_ head: inout ByteBuffer, requestID: String) {
        let now = date.second
        if now != second {
            second = now
            dateLine = ByteBuffer(string: "date: \(HTTPDate.text(now))\r\n\(EdgeHandler.requestIDName): ")
        }
        head.writeImmutableBuffer(dateLine)
        head.writeString(requestID)
        head.writeStaticString("\r\n\r\n")
    }

    /// One for each event loop of a group.
    static func each(of group: any EventLoopGroup, date: HTTPDate) -> @Sendable (any EventLoop) -> HeadRoom {
        var rooms: [ObjectIdentifier: NIOLoopBoundBox<HeadRoom>] = [:]
        for loop in group.makeIterator() { rooms[ObjectIdentifier(loop)] = .makeBoxSendingValue(HeadRoom(date: date), eventLoop: loop) }
        return { [rooms] loop in rooms[ObjectIdentifier(loop)]?.value ?? HeadRoom(date: date) }
    }
}

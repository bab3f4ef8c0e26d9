import NIOCore

/// Finds where events end in the bytes of an event stream (WHATWG HTML, "Server-sent events"), however they are cut.
///
/// Holds back the beginning of an event until its end comes, as long as that is not too long.
struct EventBoundary {
    private let limit: Int
    private var held: ByteBuffer?
    private var isAtLineStart = true
    private var isAfterReturn = false
    private var endsAtReturn = false
    /// Whether what was given out last ended within an event.
    private(set) var isInsideEvent = false

    /// - Parameter limit: bytes of an event that is held back; the default is 64 KiB.
    init(limit: Int = 64 << 10) { self.limit = limit }

    /// - Returns: whole events, or parts of one that is long; `nil` while there is no end of one.
    mutating func whole(of bytes: ByteBuffer) -> ByteBuffer? {
        var bytes = bytes
        let end = end(in: bytes)
        if let end {
            let rest = bytes.getSlice(at: bytes.readerIndex + end, length: bytes.readableBytes - end)
            bytes.moveWriterIndex(to: bytes.readerIndex + end)
            let whole = joined(bytes)
            held = rest.flatMap { $0.readableBytes > 0 ? $0 : nil }
            isInsideEvent = false
            return whole
        }
        if isInsideEvent { return bytes }
        held = joined(bytes)
        guard let long = held, long.readableBytes > limit else { return nil }
        held = nil
        isInsideEvent = true
        return long
    }

    private mutating func joined(_ bytes: ByteBuffer) -> ByteBuffer {
        guard var whole = held else { return bytes }
        held = nil
        whole.writeImmutableBuffer(bytes)
        return whole
    }

    /// The number of bytes up to the last end of an event.
    private mutating func end(in bytes: ByteBuffer) -> Int? {
        let view = bytes.readableBytesView
        // Most pieces are whole events.
        if view.count >= 2, view[view.endIndex - 1] == 0x0A, view[view.endIndex - 2] == 0x0A {
            isAtLineStart = true
            isAfterReturn = false
            return view.count
        }
        var end: Int?
        var position = 0
        for byte in view {
            position += 1
            switch byte {
            case 0x0A where isAfterReturn:
                isAfterReturn = false
                if endsAtReturn { end = position }
                endsAtReturn = false
            case 0x0A, 0x0D:
                if isAtLineStart { end = position }
                endsAtReturn = isAtLineStart && byte == 0x0D
                isAtLineStart = true
                isAfterReturn = byte == 0x0D
            default:
                isAtLineStart = false
                isAfterReturn = false
                endsAtReturn = false
            }
        }
        return end
    }
}

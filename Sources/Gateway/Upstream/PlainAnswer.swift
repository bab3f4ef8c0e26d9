import NIOCore

/// A short answer that came all at once, read from its bytes in one pass.
///
/// Reads strictly the form that nearly all of them have: `HTTP/1.1 200`, fields of printable ASCII that end in CRLF, one
/// Content-Length, and as many bytes behind the head. Of whatever else may come, the parser tells what it is.
struct PlainAnswer {
    let head: AnswerHead
    let content: ByteBuffer

    /// The head of an answer as it came, and what it says.
    struct Known {
        let bytes: ByteBuffer
        let head: AnswerHead
        let contentLength: Int
    }

    /// `nil` for what is the parser's.
    ///
    /// - Parameter last: the head before on the same connection, which within a second is often the next one too.
    init?(_ received: ByteBuffer, after last: inout Known?) {
        if let last {
            let length = last.bytes.readableBytes
            if received.readableBytes == length + last.contentLength, received.getSlice(at: received.readerIndex, length: length) == last.bytes,
                let content = received.getSlice(at: received.readerIndex + length, length: last.contentLength)
            {
                (head, self.content) = (last.head, content)
                return
            }
        }
        guard let answer = PlainAnswer(received) else { return nil }
        self = answer
        let length = received.readableBytes - answer.content.readableBytes
        guard length <= Self.rememberedHead else { return }
        last = Known(
            bytes: ByteBuffer(bytes: received.readableBytesView.prefix(length)), head: answer.head, contentLength: answer.content.readableBytes)
    }

    private static let rememberedHead = 1 << 10

    /// `nil` for what is the parser's.
    init?(_ received: ByteBuffer) {
        let bytes = received.readableBytesUInt8Span
        let begin: StaticString = "http/1.1 200 "
        var at = begin.utf8CodeUnitCount
        guard bytes.count > at, bytes.holds(begin, at: 0..<at), bytes[0] == UInt8(ascii: "H") else { return nil }
        while at < bytes.count, bytes[at] >= 0x20, bytes[at] < 0x7F { at += 1 }
        guard Self.isLineEnd(bytes, at) else { return nil }
        at += 2
        var values = AnswerHead.Values()
        var length: Int?
        while !Self.isLineEnd(bytes, at) {
            let start = at
            while at < bytes.count, Self.isNameByte(bytes[at]) { at += 1 }
            guard at > start, at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
            let name = start..<at
            at += 1
            while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
            let first = at
            while at < bytes.count, bytes[at] >= 0x20 && bytes[at] < 0x7F || bytes[at] == 0x09 { at += 1 }
            guard Self.isLineEnd(bytes, at) else { return nil }
            var end = at
            while end > first, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
            let value = first..<end
            at += 2
            switch name.count {
            // How the content is framed, and what becomes of the connection, is for the parser unless it is as always.
            case 17 where bytes.holds("transfer-encoding", at: name), 7 where bytes.holds("upgrade", at: name),
                7 where bytes.holds("trailer", at: name):
                return nil
            case 10 where bytes.holds("connection", at: name):
                guard bytes.holds("keep-alive", at: value) else { return nil }
            case 14 where bytes.holds("content-length", at: name):
                guard length == nil, let number = Self.number(bytes, value) else { return nil }
                length = number
            default: break
            }
            guard let field = AnswerHead.Field(at: name, in: bytes),
                let text = received.getString(at: received.readerIndex + value.lowerBound, length: value.count)
            else { continue }
            values.take(field, text)
        }
        at += 2
        guard let length, bytes.count - at == length, let content = received.getSlice(at: received.readerIndex + at, length: length)
        else { return nil }
        head = AnswerHead(status: 200, values)
        self.content = content
    }

    private static func isLineEnd(_ bytes: Span<UInt8>, _ at: Int) -> Bool { at + 1 < bytes.count && bytes[at] == 0x0D && bytes[at + 1] == 0x0A }

    /// RFC 9110, section 5.6.2.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        let characters: UInt64 =
            switch byte >> 6 {
            case 0: 0x03FF_6CFA_0000_0000
            case 1: 0x57FF_FFFF_C7FF_FFFE
            default: 0
            }
        return characters >> UInt64(byte & 63) & 1 == 1
    }

    private static func number(_ bytes: Span<UInt8>, _ digits: Range<Int>) -> Int? {
        guard !digits.isEmpty, digits.count <= 9 else { return nil }
        var number = 0
        for index in digits {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        return number
    }
}

import NIOCore

/// The head of a request as it stands in a buffer, read in one pass without a copy.
///
/// Reads strictly the form that nearly all clients send: an upper-case method, a target of visible
/// characters, `HTTP/1.1`, fields that end in CRLF, at most one Content-Length. Whatever else HTTP allows or
/// forbids is for the parser to tell; where a head is plain, the parser finds the same end of it.
struct PlainHead {
    enum Outcome {
        case plain(PlainHead)
        /// Plain so far, and not at its end.
        case incomplete
        /// For the parser, with all that follows.
        case other
    }

    /// Bytes with the empty line.
    private(set) var length = 0
    private(set) var target = 0..<0
    private(set) var isHead = false
    /// Bytes that follow the head.
    private(set) var bodyLength = 0
    /// A GET or HEAD that asks for nothing but the whole of what is at its target, in some form.
    private(set) var isSimple = true
    private(set) var host = 0..<0
    private(set) var accept = 0..<0
    private(set) var acceptEncoding = 0..<0
    private(set) var ifNoneMatch: Range<Int>?
    /// The first of its name (W3C Trace Context).
    private(set) var traceparent: Range<Int>?
    /// Says what it thinks of answers that were kept (RFC 9111, section 5.2.1): `Cache-Control` or `Pragma`.
    private(set) var saysHowToCache = false
    /// Carries what may be a session, so that a page's answer may be another one.
    private(set) var mayBePersonal = false
    /// The only `Cookie` field; empty where there are several.
    private(set) var cookie = 0..<0

    private(set) var fieldCount = 0
    private var hasLength = false
    private var hasHost = false
    private var hasCookie = false

    /// What stood behind the first line of a request, and what it says.
    struct Known {
        fileprivate let bytes: ByteBuffer
        /// Where they stood.
        fileprivate let start: Int
        fileprivate let head: PlainHead

        fileprivate static let mostBytes = 2 << 10
    }

    /// - Parameter last: of the request before on the same connection: what a browser says of itself, it says in every request.
    static func read(_ received: ByteBuffer, after last: inout Known?) -> Outcome {
        let bytes = received.readableBytesUInt8Span
        var head = PlainHead()
        var at = 0
        if let outcome = head.readRequestLine(bytes, &at) { return outcome }
        let (start, isReading) = (at, head.isSimple)
        if isReading, let last, received.getSlice(at: received.readerIndex + start, length: last.bytes.readableBytes) == last.bytes {
            return .plain(last.head.moved(by: start - last.start, target: head.target, isHead: head.isHead))
        }
        let outcome = head.readFields(bytes, &at)
        if isReading, case .plain(let head) = outcome, head.length - start <= Known.mostBytes,
            let rest = received.getSlice(at: received.readerIndex + start, length: head.length - start)
        {
            // A copy: what it came in is read into again.
            last = Known(bytes: ByteBuffer(bytes: rest.readableBytesView), start: start, head: head)
        }
        return outcome
    }

    /// The same fields behind another first line.
    private func moved(by offset: Int, target: Range<Int>, isHead: Bool) -> PlainHead {
        func moved(_ range: Range<Int>) -> Range<Int> { range.isEmpty ? range : range.lowerBound + offset..<range.upperBound + offset }
        var head = self
        head.length += offset
        head.target = target
        head.isHead = isHead
        head.host = moved(host)
        head.accept = moved(accept)
        head.acceptEncoding = moved(acceptEncoding)
        head.ifNoneMatch = ifNoneMatch.map(moved)
        head.traceparent = traceparent.map(moved)
        head.cookie = moved(cookie)
        return head
    }

    private mutating func readFields(_ bytes: Span<UInt8>, _ at: inout Int) -> Outcome {
        while at < bytes.count {
            if bytes[at] == 0x0D {
                guard at + 1 < bytes.count else { return .incomplete }
                guard bytes[at + 1] == 0x0A else { return .other }
                length = at + 2
                isSimple = isSimple && !host.isEmpty && bodyLength == 0
                return .plain(self)
            }
            if let outcome = readField(bytes, &at) { return outcome }
        }
        return .incomplete
    }

    /// - Returns: `nil` where it is whole, with `at` behind it.
    private mutating func readRequestLine(_ bytes: Span<UInt8>, _ at: inout Int) -> Outcome? {
        while at < bytes.count, bytes[at] >= 0x41, bytes[at] <= 0x5A { at += 1 }
        guard at < bytes.count else { return .incomplete }
        guard at > 0, bytes[at] == 0x20 else { return .other }
        switch at {
        // The word is in upper case already.
        case 3 where bytes.holds("get", at: 0..<3): break
        case 4 where bytes.holds("head", at: 0..<4): isHead = true
        // A tunnel has no requests.
        case 7: return .other
        default: isSimple = false
        }
        at += 1
        let start = at
        while at < bytes.count, bytes[at] > 0x20, bytes[at] < 0x7F { at += 1 }
        target = start..<at
        // Other forms of a target are for the parser.
        if start < at, bytes[start] != 0x2F { return .other }
        for expected in " HTTP/1.1\r\n".utf8 {
            guard at < bytes.count else { return .incomplete }
            guard bytes[at] == expected else { return .other }
            at += 1
        }
        return target.isEmpty ? .other : nil
    }

    private mutating func readField(_ bytes: Span<UInt8>, _ at: inout Int) -> Outcome? {
        let start = at
        while at < bytes.count, Self.isToken(bytes[at]) { at += 1 }
        guard at < bytes.count else { return .incomplete }
        guard at > start, bytes[at] == 0x3A else { return .other }
        let name = start..<at
        at += 1
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        let first = at
        while at < bytes.count, bytes[at] >= 0x20 || bytes[at] == 0x09, bytes[at] != 0x7F { at += 1 }
        guard at + 1 < bytes.count else { return at < bytes.count && bytes[at] != 0x0D ? .other : .incomplete }
        guard bytes[at] == 0x0D, bytes[at + 1] == 0x0A else { return .other }
        var end = at
        while end > first, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        at += 2
        return take(name, first..<end, bytes) ? nil : .other
    }

    /// - Returns: `false` for what only the parser understands.
    private mutating func take(_ name: Range<Int>, _ value: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        fieldCount += 1
        // Few names have the length of one that matters here.
        switch name.count {
        case 4 where bytes.holds("host", at: name):
            isSimple = isSimple && !hasHost
            hasHost = true
            host = value
        case 5 where bytes.holds("range", at: name), 6 where bytes.holds("expect", at: name),
            8 where bytes.holds("if-match", at: name) || bytes.holds("if-range", at: name), 13 where bytes.holds("authorization", at: name),
            19 where bytes.holds("if-unmodified-since", at: name):
            isSimple = false
        case 6 where bytes.holds("pragma", at: name), 13 where bytes.holds("cache-control", at: name): saysHowToCache = true
        case 6 where bytes.holds("accept", at: name):
            isSimple = isSimple && accept.isEmpty
            accept = value
        case 6 where bytes.holds("cookie", at: name):
            mayBePersonal = mayBePersonal || bytes.contains("session=", in: value)
            cookie = hasCookie ? 0..<0 : value
            hasCookie = true
        case 7 where bytes.holds("upgrade", at: name): return false
        case 10 where bytes.holds("connection", at: name):
            // Without `Upgrade`, the second means nothing; proxies send it.
            isSimple = isSimple && (bytes.holds("keep-alive", at: value) || bytes.holds("upgrade", at: value))
        case 11 where bytes.holds("traceparent", at: name): traceparent = traceparent ?? value
        case 13 where bytes.holds("if-none-match", at: name):
            isSimple = isSimple && ifNoneMatch == nil
            ifNoneMatch = value
        case 14 where bytes.holds("content-length", at: name):
            guard !hasLength, let length = Self.number(bytes, value) else { return false }
            hasLength = true
            bodyLength = length
            isSimple = false
        case 15 where bytes.holds("accept-encoding", at: name):
            isSimple = isSimple && acceptEncoding.isEmpty
            acceptEncoding = value
        case 17 where bytes.holds("transfer-encoding", at: name): return false
        default: break
        }
        return true
    }

    private static func number(_ bytes: Span<UInt8>, _ digits: Range<Int>) -> Int? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var number = 0
        for index in digits {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        return number
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        let characters: UInt64 =
            switch byte >> 6 {
            case 0: 0x03FF_6CFA_0000_0000
            case 1: 0x57FF_FFFF_C7FF_FFFE
            default: 0
            }
        return characters >> UInt64(byte & 63) & 1 == 1
    }
}

extension Span<UInt8> {
    /// Whether `text`, which is in lower case, stands at `range`, without regard to case.
    func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let letters = text.utf8Start
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = self[index]
            guard letters[index - range.lowerBound] == (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) else { return false }
            index += 1
        }
        return true
    }

    /// Whether what stands at `range` is `text`.
    func equals(_ text: String, at range: Range<Int>) -> Bool {
        let expected = text.utf8.span
        guard range.count == expected.count else { return false }
        var index = 0
        while index < expected.count {
            if self[range.lowerBound + index] != expected[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether `text`, which is in lower case, stands somewhere in `range`, without regard to case.
    func contains(_ text: StaticString, in range: Range<Int>) -> Bool {
        let length = text.utf8CodeUnitCount
        var start = range.lowerBound
        while start + length <= range.upperBound {
            if holds(text, at: start..<start + length) { return true }
            start += 1
        }
        return false
    }
}

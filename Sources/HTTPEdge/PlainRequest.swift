import HTTPTypes
import NIOCore

/// A request with a plain head, as it came: its fields are read where somebody asks for them.
struct PlainRequest {
    let head: PlainHead
    /// Those of the head.
    private let bytes: ByteBuffer

    /// Copies the head: what it came in is read into again while the answer is made.
    ///
    /// - Parameter received: begins with it.
    init(head: PlainHead, in received: ByteBuffer) {
        self.head = head
        var bytes = ByteBufferAllocator().buffer(capacity: head.length)
        bytes.writeBytes(received.readableBytesView.prefix(head.length))
        self.bytes = bytes
    }

    private func text(_ range: Range<Int>) -> String { bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? "" }

    var fields: DirectFields {
        DirectFields(
            cookies: text(head.cookie), accept: head.accept.isEmpty ? nil : text(head.accept),
            acceptEncoding: head.acceptEncoding.isEmpty ? nil : text(head.acceptEncoding), traceparent: head.traceparent.map(text),
            isAboutCaches: head.saysHowToCache || head.ifNoneMatch != nil)
    }

    /// The request as the site sees it, without what concerns only the connection (RFC 9110, section 7.6.1).
    ///
    /// For a head that is ``PlainHead/isSimple``: its Host is known to be one and valid, and it asks for no other protocol.
    func request(at address: String, requestID: String) -> HTTPRequest {
        var fields = HTTPFields()
        fields.reserveCapacity(head.fieldCount + 1)
        eachField { name, value in
            if let name = HTTPField.Name(text(name)), !Self.apart.contains(name.canonicalName) {
                fields.append(HTTPField(name: name, value: text(value)))
            }
        }
        fields.append(HTTPField(name: Self.requestID, value: requestID))
        return HTTPRequest(
            method: head.isHead ? .head : .get, scheme: "http", authority: text(head.host), path: address, headerFields: fields)
    }

    /// - Parameter body: given the places of a name and its value.
    private func eachField(_ body: (Range<Int>, Range<Int>) -> Void) {
        let view = bytes.readableBytesUInt8Span
        // Behind the line of the request; the head ends with an empty one.
        var at = head.target.upperBound + " HTTP/1.1\r\n".utf8.count
        while at < head.length - 2 {
            var colon = at
            while view[colon] != 0x3A { colon += 1 }
            var end = colon
            while view[end] != 0x0D { end += 1 }
            var (first, last) = (colon + 1, end)
            while first < last, Self.isBlank(view[first]) { first += 1 }
            while last > first, Self.isBlank(view[last - 1]) { last -= 1 }
            body(at..<colon, first..<last)
            at = end + 2
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// With the Host, which a request in these terms carries apart.
    private static let apart = Set(RequestHygiene.hopByHop + ["host"])

    private static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name(EdgeHandler.requestIDName) else { preconditionFailure("a name of a field") }
        return name
    }()
}

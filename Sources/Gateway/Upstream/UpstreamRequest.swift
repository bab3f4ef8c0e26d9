import NIOCore
import NIOHTTP1

/// A request as it goes to the gateway.
struct UpstreamRequest: Sendable {
    enum Content: Sendable {
        case none
        case whole(ByteBuffer)
        /// The caller of ``UpstreamExchange/send(_:)`` gives it; `nil` where its length is not known before.
        case following(length: Int?)
    }

    let method: HTTPMethod
    /// Path and query, with a slash at its beginning.
    let target: String
    /// Without those that say how the content is framed.
    let fields: ForwardedFields
    let content: Content
    let deadlines: Deadlines

    struct Deadlines: Sendable {
        let firstByte: TimeAmount
        let idle: TimeAmount
        /// The end of the whole call, a second attempt included.
        let end: NIODeadline
    }

    /// Whether the gateway may be asked a second time although it may have heard the first.
    var isRepeatable: Bool {
        if case .none = content { method == .GET || method == .HEAD } else { false }
    }

    var head: HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: HTTPHeaders(fields.list))
        switch content {
        case .none: if method == .POST { head.headers.add(name: "content-length", value: "0") }
        case .whole(let bytes): head.headers.add(name: "content-length", value: String(bytes.readableBytes))
        case .following(let length?): head.headers.add(name: "content-length", value: String(length))
        case .following(nil): head.headers.add(name: "transfer-encoding", value: "chunked")
        }
        return head
    }

    /// Whether ``write(to:after:)`` writes the whole of it.
    var isPlain: Bool { if case .none = content { method == .GET } else { false } }

    /// What many requests begin with.
    struct Beginning {
        fileprivate let target: String
        fileprivate let fields: ForwardedFields
        fileprivate let bytes: ByteBuffer
    }

    /// Writes the bytes of a GET without content.
    ///
    /// - Parameter last: that of the request before, which is mostly that of this one too.
    func write(to bytes: inout ByteBuffer, after last: inout Beginning?) {
        if let last, last.target == target, last.fields.beginLike(fields) {
            bytes.writeImmutableBuffer(last.bytes)
        } else {
            bytes.writeStaticString("GET ")
            bytes.writeString(target)
            bytes.writeStaticString(" HTTP/1.1\r\n")
            fields.writeBeginning(to: &bytes)
            last = Beginning(target: target, fields: fields, bytes: ByteBuffer(bytes: bytes.readableBytesView))
        }
        fields.writeRest(to: &bytes)
        bytes.writeStaticString("\r\n")
    }
}

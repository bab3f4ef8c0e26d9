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
    let fields: [(name: String, value: String)]
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
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: HTTPHeaders(fields.map { ($0.name, $0.value) }))
        switch content {
        case .none: if method == .POST { head.headers.add(name: "content-length", value: "0") }
        case .whole(let bytes): head.headers.add(name: "content-length", value: String(bytes.readableBytes))
        case .following(let length?): head.headers.add(name: "content-length", value: String(length))
        case .following(nil): head.headers.add(name: "transfer-encoding", value: "chunked")
        }
        return head
    }

    /// The whole of a request without content, as its bytes; `nil` where there is more to it.
    var plain: ByteBuffer? {
        guard case .none = content, method == .GET else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(512)
        text.append(contentsOf: "GET ".utf8)
        text.append(contentsOf: target.utf8)
        text.append(contentsOf: " HTTP/1.1\r\n".utf8)
        for (name, value) in fields {
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: ": ".utf8)
            text.append(contentsOf: value.utf8)
            text.append(contentsOf: "\r\n".utf8)
        }
        text.append(contentsOf: "\r\n".utf8)
        return ByteBuffer(bytes: text)
    }
}

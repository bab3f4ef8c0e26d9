import JSON
import NIOCore
import NIOHTTP1

/// An answer over HTTP of which only the beginning matters.
struct ShortAnswer: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer

    /// `nil` for a body that is none.
    var json: JSONValue? {
        // What is no JSON says nothing.
        try? JSONValue(parsing: body.readableBytesView)
    }

    /// Seconds.
    var retryAfter: Int? { headers.first(name: "Retry-After").flatMap { Int($0) }.map { max(0, min($0, 86_400)) } }
}

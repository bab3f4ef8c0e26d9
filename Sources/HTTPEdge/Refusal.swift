import NIOCore
import NIOHTTP1

/// A request that goes no further than the edge.
struct Refusal: Error, Equatable {
    let status: HTTPResponseStatus
    /// A sentence without a full stop, for the sender.
    let reason: String
    var allow: String?

    static func badRequest(_ reason: String) -> Refusal { Refusal(status: .badRequest, reason: reason) }
    static let methodNotAllowed = Refusal(status: .methodNotAllowed, reason: "this method is not answered here", allow: "GET, HEAD, POST")
    static let timeout = Refusal(status: .requestTimeout, reason: "the request took too long to arrive")
    static let contentTooLarge = Refusal(status: .payloadTooLarge, reason: "the body of the request is too large")
    static let targetTooLong = Refusal(status: .uriTooLong, reason: "the address is too long")
    static let expectationFailed = Refusal(status: .expectationFailed, reason: "this expectation cannot be met")
    static let headTooLarge = Refusal(status: .requestHeaderFieldsTooLarge, reason: "the header fields of the request are too large")
    static let notImplemented = Refusal(status: .notImplemented, reason: "this transfer coding is not known here")
    static let versionNotSupported = Refusal(status: .httpVersionNotSupported, reason: "only HTTP/1.0 and HTTP/1.1 are spoken here")
    static let tooManyConnections = Refusal(status: .serviceUnavailable, reason: "too many connections are open")

    /// What a head that cannot be parsed is told.
    init(_ error: any Error, sawLineEnd: Bool) {
        switch error as? HTTPParserError {
        case .headerOverflow?: self = sawLineEnd ? .headTooLarge : .targetTooLong
        case .invalidVersion?: self = .versionNotSupported
        default: self = .badRequest("the request is not HTTP/1.1")
        }
    }

    private init(status: HTTPResponseStatus, reason: String, allow: String? = nil) {
        self.status = status
        self.reason = reason
        self.allow = allow
    }

    /// Head and body of the answer (RFC 9457); the connection ends with it.
    func answer(requestID: String) -> (head: HTTPResponseHead, body: ByteBuffer) {
        let body = ByteBuffer(
            string: """
                {"type":"about:blank","title":"\(status.reasonPhrase)","status":\(status.code),"detail":"\(reason)","requestID":"\(requestID)"}

                """)
        var headers: HTTPHeaders = [
            "content-type": "application/problem+json", "content-length": "\(body.readableBytes)", "cache-control": "no-store", "connection": "close",
            EdgeHandler.requestIDName: requestID,
        ]
        if let allow { headers.add(name: "allow", value: allow) }
        if status == .serviceUnavailable { headers.add(name: "retry-after", value: "5") }
        return (HTTPResponseHead(version: .http1_1, status: status, headers: headers), body)
    }
}

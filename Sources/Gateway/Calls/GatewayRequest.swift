public import HTTPTypes
public import NIOCore

/// What a caller sends to the gateway, as it came.
public struct GatewayRequest: Sendable {
    public var method: HTTPRequest.Method
    /// Below the place where the proxy is mounted, without a slash at its beginning: `v1/models`; percent-encoded.
    public var path: String
    /// Behind the question mark.
    public var query: String?
    public var headers: HTTPFields
    /// Read as fast as the gateway takes it.
    public var body: any AsyncSequence<ByteBuffer, any Error> & Sendable

    public init(
        method: HTTPRequest.Method, path: String, query: String? = nil, headers: HTTPFields = [:],
        body: any AsyncSequence<ByteBuffer, any Error> & Sendable
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

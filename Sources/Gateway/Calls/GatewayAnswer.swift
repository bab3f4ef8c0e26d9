public import HTTPTypes
public import NIOCore

/// What the caller gets: the gateway's answer without what is not the caller's to see.
public struct GatewayAnswer: Sendable {
    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: Body

    public enum Body: Sendable {
        case bytes(ByteBuffer)
        /// Bytes as they come. Read as fast as the caller takes them; whoever stops reading, by cancelling the task that
        /// reads, ends the call at the gateway.
        case stream(any AsyncSequence<ByteBuffer, any Error> & Sendable)
    }

    public init(status: HTTPResponse.Status, headers: HTTPFields, body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

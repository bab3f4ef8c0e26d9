import NIOCore

/// A command on its way to the connection.
struct RedisCall: Sendable {
    let bytes: ByteBuffer
    let answer = Answer<RedisValue>()

    init(_ bytes: ByteBuffer) { self.bytes = bytes }
}

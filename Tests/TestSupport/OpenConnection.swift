import NIOCore
import NIOPosix

/// A connection that stays open between what is sent and what is read.
public struct OpenConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let reader: Reader

    /// What came in before the connection was as long as it should be.
    public struct EndedEarly: Error, CustomStringConvertible {
        public let received: String

        public var description: String { "the connection ended after: \(received.suffix(2_000))" }
    }

    private actor Reader {
        private var received: [UInt8] = []
        private var isClosed = false

        func append(_ bytes: ByteBuffer) { received += bytes.readableBytesView }

        func close() { isClosed = true }

        var state: (bytes: [UInt8], isClosed: Bool) { (received, isClosed) }
    }

    /// Connects to this machine, and closes when `body` is done.
    public static func run<Value: Sendable>(port: Int, _ body: @Sendable (OpenConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        return try await channel.executeThenClose { inbound, _ in
            let reader = Reader()
            return try await withThrowingTaskGroup { group in
                group.addTask {
                    // A reset is an end as well.
                    do { for try await part in inbound { await reader.append(part) } } catch {}
                    await reader.close()
                }
                let value = try await body(OpenConnection(channel: channel, reader: reader))
                group.cancelAll()
                return value
            }
        }
    }

    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) async throws { try await channel.channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Everything that came, once it holds `text`.
    ///
    /// - Throws: ``EndedEarly``, also after `limit`.
    @discardableResult
    public func read(until text: String, within limit: Duration = .seconds(10)) async throws -> String {
        let wanted = Array(text.utf8)
        _ = try await eventually(within: limit) {
            let state = await reader.state
            return state.isClosed || state.bytes.firstRange(of: wanted) != nil
        }
        let bytes = await reader.state.bytes
        guard bytes.firstRange(of: wanted) != nil else { throw EndedEarly(received: String(decoding: bytes, as: UTF8.self)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How long it takes until the other side closes; `nil` after `limit`.
    public func timeUntilClosed(within limit: Duration = .seconds(10)) async throws -> Duration? {
        try await eventually(within: limit) { await reader.state.isClosed }
    }

    /// Everything that came so far.
    public var received: [UInt8] { get async { await reader.state.bytes } }
}

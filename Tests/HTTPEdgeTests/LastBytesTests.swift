import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPEdge

/// In which order a connection ends.
struct LastBytesTests {
    private let channel = EmbeddedChannel()
    private let system = System()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers([system, DeadlineHandler(limits: EdgeLimits(), state: ConnectionPhase())])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
    }

    @Test func `the site's side is closed while the client's is open`() {
        channel.close(mode: .output, promise: nil)
        #expect(system.calls == ["close output"])
    }

    @Test func `with the client's side closed, what waits is sent before the rest is closed`() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.close(mode: .output, promise: nil)
        #expect(system.calls == ["write", "flush"])
        // The last byte has gone.
        system.written?.succeed()
        #expect(system.calls == ["write", "flush", "close all"])
    }
}

/// Stands where the system stands; what is written is sent when the test says so.
private final class System: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var calls: [String] = []
    private(set) var written: EventLoopPromise<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        calls.append("write")
        written = promise
    }

    func flush(context: ChannelHandlerContext) { calls.append("flush") }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        calls.append("close \(mode)")
        promise?.succeed()
    }
}

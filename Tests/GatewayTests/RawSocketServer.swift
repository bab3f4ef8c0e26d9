import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization
import TestSupport

/// A WebSocket whose every frame a test writes and sees.
final class RawSocket: Sendable {
    struct Silence: Error {}

    private struct Inbox {
        var frames: [WebSocketFrame] = []
        var pings = 0
        var isClosed = false
        var hasSaidGoodbye = false
    }

    let channel: any Channel
    private let inbox = Mutex(Inbox())
    private let isMasking: Bool
    /// Whether pings are answered; unset, the socket plays dead.
    let answersPings = Mutex(true)

    init(_ channel: any Channel, isMasking: Bool) {
        self.channel = channel
        self.isMasking = isMasking
    }

    var isClosed: Bool { inbox.withLock { $0.isClosed } }

    var pings: Int { inbox.withLock { $0.pings } }

    var waiting: Int { inbox.withLock { $0.frames.count } }

    func send(_ text: String) { send(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))) }

    func send(_ value: JSONValue) { send(value.text) }

    /// - Parameter isMasked: otherwise than it has to be.
    func send(_ frame: WebSocketFrame, isMasked: Bool? = nil) {
        if frame.opcode == .connectionClose { inbox.withLock { $0.hasSaidGoodbye = true } }
        var frame = frame
        frame.maskKey = isMasked ?? isMasking ? .random() : nil
        channel.writeAndFlush(frame, promise: nil)
    }

    func close(_ code: UInt16, _ reason: String = "") {
        var data = ByteBuffer(integer: code)
        data.writeString(reason)
        send(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }

    /// The next frame that is no ping or pong; waits for it.
    func frame() async throws -> WebSocketFrame {
        var next: WebSocketFrame?
        _ = try await eventually {
            next = inbox.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
            return next != nil || isClosed
        }
        guard let next else { throw Silence() }
        return next
    }

    /// The next message, as it came.
    func text() async throws -> String { String(buffer: try await frame().unmaskedData) }

    func message() async throws -> JSONValue { try JSONValue(parsing: try await frame().unmaskedData.readableBytesView) }

    /// The next message of which this holds; others are lost.
    func message(where isWanted: (JSONValue) -> Bool) async throws -> JSONValue {
        while true {
            let message = try await message()
            if isWanted(message) { return message }
        }
    }

    /// The code and the reason of the close that comes; messages before it are lost.
    func closing() async throws -> (code: UInt16, reason: String) {
        while true {
            let frame = try await frame()
            guard frame.opcode == .connectionClose else { continue }
            var data = frame.unmaskedData
            return (data.readInteger() ?? 0, String(buffer: data))
        }
    }

    fileprivate func receive(_ frame: WebSocketFrame) {
        switch frame.opcode {
        case .ping:
            inbox.withLock { $0.pings += 1 }
            if answersPings.withLock({ $0 }) { send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)) }
        case .pong: break
        case .connectionClose:
            inbox.withLock { $0.frames.append(frame) }
            if !inbox.withLock({ $0.hasSaidGoodbye }) { send(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)) }
        default: inbox.withLock { $0.frames.append(frame) }
        }
    }

    fileprivate func end() { inbox.withLock { $0.isClosed = true } }

    /// Opens one as a browser does.
    static func connect(port: Int, path: String = "/") async throws -> RawSocket {
        let upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let upgrader = NIOTypedWebSocketClientUpgrader<RawSocket>(maxFrameSize: 64 << 20) { channel, _ in
                    channel.eventLoop.makeCompletedFuture {
                        let socket = RawSocket(channel, isMasking: true)
                        try channel.pipeline.syncOperations.addHandler(RawSocketHandler(socket))
                        return socket
                    }
                }
                let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: ["Host": "test"])
                var configuration = NIOUpgradableHTTPClientPipelineConfiguration<RawSocket>(
                    upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
                        channel.eventLoop.makeFailedFuture(Silence())
                    })
                configuration.leftOverBytesStrategy = .forwardBytes
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
            }
        }
        return try await upgraded.get()
    }
}

final class RawSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let socket: RawSocket

    init(_ socket: RawSocket) { self.socket = socket }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { socket.receive(unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { socket.end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Accepts WebSockets on a free port, and leaves everything behind the upgrade to a test.
final class RawSocketServer: Sendable {
    /// What becomes of a channel that is a WebSocket.
    typealias Join = @Sendable (any Channel, HTTPRequestHead) -> EventLoopFuture<Void>

    let port: Int
    private let channel: any Channel
    private let shared: Heads

    private init(_ channel: any Channel, _ heads: Heads) throws {
        guard let port = channel.localAddress?.port else { throw RawSocket.Silence() }
        self.port = port
        self.channel = channel
        shared = heads
    }

    private final class Heads: Sendable {
        let all = Mutex<(heads: [HTTPRequestHead], channels: [any Channel])>(([], []))
    }

    /// Of the requests that came, in their order.
    var requests: [HTTPRequestHead] { shared.all.withLock { $0.heads } }

    /// Connections that are open.
    var connections: Int { shared.all.withLock { $0.channels.filter(\.isActive).count } }

    var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter tls: for one that speaks it.
    static func start(
        port: Int = 0, tls: NIOSSLContext? = nil, maxFrameSize: Int = 64 << 20, join: @escaping Join
    ) async throws -> RawSocketServer {
        let heads = Heads()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                heads.all.withLock { $0.channels.append(channel) }
                let upgrader = NIOWebSocketServerUpgrader(
                    maxFrameSize: maxFrameSize, automaticErrorHandling: false,
                    shouldUpgrade: { channel, head in
                        heads.all.withLock { $0.heads.append(head) }
                        return channel.eventLoop.makeSucceededFuture(head.uri == "/refuse" ? nil : [:])
                    },
                    upgradePipelineHandler: { channel, head in join(channel, head) })
                return channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return try RawSocketServer(channel, heads)
    }

    /// Each socket is played by `script`, and dropped at its end.
    static func start(port: Int = 0, tls: NIOSSLContext? = nil, script: @escaping @Sendable (RawSocket) async throws -> Void) async throws
        -> RawSocketServer
    {
        try await start(port: port, tls: tls) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                let socket = RawSocket(channel, isMasking: false)
                try channel.pipeline.syncOperations.addHandler(RawSocketHandler(socket))
                Task {
                    // A script that fails has nobody to talk with any more.
                    try? await script(socket)
                    socket.channel.close(promise: nil)
                }
            }
        }
    }

    func stop() async {
        for channel in shared.all.withLock({ $0.channels }) { channel.close(promise: nil) }
        // Closed is closed.
        try? await channel.close()
    }
}

import Crypto
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// One connection, as long as it speaks HTTP: one request after the other.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Arriving {
        let head: HTTPRequestHead
        var body: [UInt8] = []
        var isTooLarge = false
    }

    /// Bytes of the largest body of any route.
    private static let largestBody = 20 << 20

    private let core: SimulatorCore
    private var arriving: Arriving?
    private var waiting: [SimulatorRequest] = []
    private var exchange: Exchange?
    private var idle: Scheduled<Void>?

    private init(_ core: SimulatorCore) { self.core = core }

    static func add(to channel: any Channel, core: SimulatorCore) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder(), name: "encoder")
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)), name: "decoder")
        try pipeline.addHandler(HTTPConnection(core), name: "http")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            arriving = Arriving(head: head)
            if head.headers.first(name: "expect")?.lowercased() == "100-continue", exchange == nil {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
        case .body(let bytes):
            guard var request = arriving else { return }
            arriving = nil
            if request.body.count + bytes.readableBytes > Self.largestBody {
                request.isTooLarge = true
            } else {
                request.body += bytes.readableBytesView
            }
            arriving = request
        case .end:
            guard let arrived = arriving else { return }
            arriving = nil
            let isUpgrade = arrived.head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            var seen = SeenRequest(
                method: arrived.head.method.rawValue, path: arrived.head.uri, headers: arrived.head.headers.map { ($0.name, $0.value) },
                isUpgrade: isUpgrade)
            seen.body = arrived.body
            let request = SimulatorRequest(
                head: arrived.head, body: arrived.body, origin: IngressAttribution(arrived.head.headers, from: context.remoteAddress),
                number: core.seen.add(seen), isTooLarge: arrived.isTooLarge, isUpgrade: isUpgrade)
            waiting.append(request)
            next(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        idle?.cancel()
        if let exchange {
            core.seen.update(exchange.request.number) { $0.wasAborted = true }
            self.exchange = nil
            exchange.leave()
        }
        for request in waiting { core.seen.update(request.number) { $0.wasAborted = true } }
        waiting = []
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.onWritable?() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, exchange == nil {
            let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            // Past the encoder, which knows nothing of this request.
            if let encoder = try? context.pipeline.syncOperations.context(name: "encoder") { encoder.writeAndFlush(NIOAny(answer), promise: nil) }
        }
        context.close(promise: nil)
    }

    private func next(_ context: ChannelHandlerContext) {
        guard exchange == nil, !waiting.isEmpty else { return }
        idle?.cancel()
        let request = waiting.removeFirst()
        let exchange = Exchange(request, context: context, core: core) { [unowned self] exchange in
            self.end(exchange, context)
        }
        self.exchange = exchange
        exchange.onUpgrade = { [unowned self] in self.upgrade(context, request) }
        let desk = HTTPDesk(core: core, exchange: exchange)
        let delay = TimeAmount(core.faults.firstByteDelay)
        guard delay > .zero else { return desk.answer() }
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if !exchange.isGone { desk.answer() }
        }
    }

    private func end(_ ended: Exchange, _ context: ChannelHandlerContext) {
        guard exchange === ended else { return }
        exchange = nil
        if !ended.keepsAlive || core.faults.closesKeepAliveAfterAnswer {
            context.close(promise: nil)
        } else {
            idle = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(core.configuration.keepAliveTime)) { [unowned self] in
                if arriving == nil { context.close(promise: nil) }
            }
            next(context)
        }
    }

    // MARK: WebSocket

    private func upgrade(_ context: ChannelHandlerContext, _ request: SimulatorRequest) {
        guard let key = request.header("sec-websocket-key"), request.header("sec-websocket-version") == "13", request.method == .GET else {
            exchange?.text(400, "Bad Request", headers: [("Sec-WebSocket-Version", "13")])
            return
        }
        let accept = Array(Insecure.SHA1.hash(data: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
        let head = HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols,
            headers: [
                "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": Base64.text(accept), "Server": "gateway-simulator",
            ])
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        exchange = nil
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(name: "encoder", promise: nil)
        let session = SocketSession(core: core, origin: request.origin, browserOrigin: request.header("origin"))
        do {
            try pipeline.addHandler(WebSocketFrameEncoder(), name: "frame encoder")
            try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: SocketSession.largestFrame)))
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024, maxAccumulatedFrameSize: SocketSession.largestFrame))
            try pipeline.addHandler(session)
        } catch {
            return context.close(promise: nil)
        }
        pipeline.removeHandler(context: context, promise: nil)
        // Last: it hands on what has come behind the request.
        pipeline.removeHandler(name: "decoder", promise: nil)
    }
}

import JSON
import NIOCore
import NIOHTTP1

/// One request and its answer, on the loop of its connection.
final class Exchange {
    let request: SimulatorRequest
    /// Called when the caller goes away before the end of the answer.
    var onGone: (() -> Void)?
    /// Called when the caller has read what was written.
    var onWritable: (() -> Void)?
    var onUpgrade: (() -> Void)?
    /// Its caller has gone, or has been answered.
    private(set) var isGone = false
    private(set) var keepsAlive: Bool
    private let context: ChannelHandlerContext
    private let core: SimulatorCore
    private let onEnd: (Exchange) -> Void

    init(_ request: SimulatorRequest, context: ChannelHandlerContext, core: SimulatorCore, onEnd: @escaping (Exchange) -> Void) {
        self.request = request
        self.context = context
        self.core = core
        self.onEnd = onEnd
        // Behind a request for another protocol, nothing is read any more.
        keepsAlive = request.head.isKeepAlive && !request.head.headers.contains(name: "upgrade")
    }

    var loop: any EventLoop { context.eventLoop }

    var isWritable: Bool { context.channel.isWritable }

    func leave() {
        isGone = true
        onGone?()
        onGone = nil
        onWritable = nil
    }

    // MARK: Whole answers

    func json(_ status: Int, _ value: JSONValue, headers: [(String, String)] = []) {
        answer(status, type: "application/json; charset=utf-8", value.bytes, headers: headers)
    }

    func text(_ status: Int, _ text: String, headers: [(String, String)] = []) {
        answer(status, type: "text/plain; charset=utf-8", Array(text.utf8), headers: headers)
    }

    func html(_ status: Int, _ text: String, headers: [(String, String)] = []) {
        answer(status, type: "text/html; charset=utf-8", Array(text.utf8), headers: headers)
    }

    private func answer(_ status: Int, type: String, _ body: [UInt8], headers: [(String, String)]) {
        begin(status, [("Content-Type", type), ("Content-Length", "\(body.count)")] + headers)
        if request.method != .HEAD { write(body) }
        end()
    }

    // MARK: Parts

    /// Chunked, where the headers give no length.
    func begin(_ status: Int, _ headers: [(String, String)]) {
        guard !isGone else { return }
        var all = HTTPHeaders(headers)
        for (name, value) in [
            ("Date", DateText.http(core.now)), ("Server", core.faults.impostor ? "" : "gateway-simulator"), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Permissions-Policy", "camera=(), geolocation=()"),
            ("Connection", keepsAlive ? "keep-alive" : "close"),
            ("Keep-Alive", keepsAlive ? "timeout=\(core.configuration.keepAliveTime.components.seconds)" : ""),
        ] where !value.isEmpty && !all.contains(name: name) {
            all.add(name: name, value: value)
        }
        send(.head(HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: all)))
    }

    func write(_ bytes: [UInt8]) { write(context.channel.allocator.buffer(bytes: bytes)) }

    func write(_ bytes: ByteBuffer) {
        guard !isGone else { return }
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.body(.byteBuffer(bytes))), promise: nil)
    }

    func end() {
        guard !isGone else { return }
        send(.end(nil))
        isGone = true
        onGone = nil
        onWritable = nil
        onEnd(self)
    }

    /// Closes the connection as it is.
    func drop() { if !isGone { context.close(promise: nil) } }

    /// Bytes that are not of the protocol; closes behind them.
    func garble(_ text: String) {
        guard !isGone, let encoder = try? context.pipeline.syncOperations.context(name: "encoder") else { return drop() }
        let closing = context
        encoder.writeAndFlush(NIOAny(ByteBuffer(string: text))).assumeIsolated().whenComplete { _ in closing.close(promise: nil) }
    }

    private func send(_ part: HTTPServerResponsePart) { context.writeAndFlush(NIOAny(part), promise: nil) }
}

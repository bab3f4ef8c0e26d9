import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Stands where the router stands: answers whole requests, and holds that none comes that the edge should have kept.
final class EchoSite: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    enum Manner {
        /// As soon as the request is complete.
        case atOnce
        /// When ``answerAll()`` is called: requests wait behind each other.
        case late
        /// At the head, whatever body follows.
        case early
    }

    private let manner: Manner
    private let bodyLimit: Int
    private var current: HTTPRequest?
    private var bodyBytes = 0
    private var waiting: [HTTPRequest] = []
    private var context: ChannelHandlerContext?
    /// Methods of the requests that were answered.
    private(set) var answered: [HTTPRequest.Method] = []

    init(_ manner: Manner, bodyLimit: Int) {
        self.manner = manner
        self.bodyLimit = bodyLimit
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            expect(current == nil, "a request begins when the one before it is complete")
            check(request)
            current = request
            bodyBytes = 0
            if manner == .early { answer(request, context) }
        case .body(let bytes):
            expect(current != nil, "a body belongs to a request")
            bodyBytes += bytes.readableBytes
            expect(bodyBytes <= bodyLimit, "a body of \(bodyBytes) bytes, of \(bodyLimit) that are allowed")
        case .end:
            guard let request = current else { return expect(false, "an end belongs to a request") }
            current = nil
            switch manner {
            case .atOnce: answer(request, context)
            case .late: waiting.append(request)
            case .early: break
            }
        }
    }

    /// A body broke; its request gets its answer from the edge.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        expect(current != nil, "an error without a request that it belongs to: \(error)")
        current = nil
    }

    func answerAll() {
        guard let context else { return }
        for request in waiting { answer(request, context) }
        waiting = []
    }

    private func check(_ request: HTTPRequest) {
        expect(request.path?.utf8.first == UInt8(ascii: "/"), "a path: \(request)")
        expect(request.authority?.isEmpty == false, "a host: \(request)")
        expect(request.method != .connect && request.method != .trace, "a method that is answered: \(request)")
        let fields = request.headerFields
        for name in ["upgrade", "te", "keep-alive", "proxy-connection", "expect"] {
            expect(HTTPField.Name(name).map { !fields.contains($0) } ?? true, "`\(name)` goes no further than the edge: \(request)")
        }
        expect(fields[values: .contentLength].count + fields[values: .transferEncoding].count <= 1, "one length: \(request)")
        expect(HTTPField.Name("x-request-id").map { fields[values: $0] } == ["00000000000000ff"], "the edge's own request id: \(request)")
    }

    /// With the path's length known or not, and the path in a field: nothing of it may leave its place.
    private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        let path = request.path ?? ""
        answered.append(request.method)
        var response = HTTPResponse(status: .ok)
        response.headerFields[.contentLocation] = path
        if !path.hasPrefix("/stream") { response.headerFields[.contentLength] = "\(path.utf8.count)" }
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: path))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

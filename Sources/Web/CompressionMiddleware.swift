import ContentCoding
import HTTPTypes
import Hummingbird
import NIOCore

/// Encodes texts that routes have just made; what is kept encoded passes by.
struct CompressionMiddleware: RouterMiddleware {
    typealias Context = WebContext

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        // An answer with an entity tag has chosen its encoding already.
        guard response.headers[.eTag] == nil, response.headers[.contentEncoding] == nil, let type = response.headers[.contentType],
            ContentCoding.isWorthwhile(type),
            type != "text/event-stream"
        else { return response }
        response.headers[.vary] = response.headers[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        let codings = AcceptedCodings(request.headers[.acceptEncoding] ?? "")
        guard let coding = codings.best(of: { _ in true }), let length = response.body.contentLength, length > 0 else {
            return response
        }
        let collector = BodyCollector()
        try await response.body.write(collector)
        guard let encoded = coding.encode(collector.buffer.readableBytesView, effort: .quick) else {
            response.body = ResponseBody(byteBuffer: collector.buffer)
            return response
        }
        response.headers[.contentEncoding] = coding.rawValue
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: encoded))
        return response
    }
}

/// A body's bytes in memory.
final class BodyCollector: ResponseBodyWriter {
    var buffer = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        // Mostly there is one part, which then is not copied.
        if self.buffer.readableBytes == 0 { self.buffer = buffer } else { self.buffer.writeImmutableBuffer(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

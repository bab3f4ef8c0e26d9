import ContentCoding
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Encodes texts that routes have just made; what is kept encoded passes by.
struct CompressionMiddleware: RouterMiddleware {
    typealias Context = WebContext

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        guard let coding = Self.coding(&response.headers, request.headers[.acceptEncoding]), let length = response.body.contentLength, length > 0
        else { return response }
        let collector = BodyCollector()
        try await response.body.write(collector)
        response.body = ResponseBody(byteBuffer: Self.encode(collector.buffer, coding, &response.headers))
        return response
    }

    /// The coding that an answer gets; says in its fields that it depends on what the client accepts.
    static func coding(_ fields: inout HTTPFields, _ accepted: String?) -> ContentCoding? {
        // An answer with an entity tag has chosen its encoding already.
        guard fields[.eTag] == nil, fields[.contentEncoding] == nil, let type = fields[.contentType], isWorthwhile(type) else { return nil }
        fields[.vary] = fields[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        return accepted.flatMap { AcceptedCodings($0).best(of: { _ in true }) }
    }

    private static func isWorthwhile(_ type: String) -> Bool { ContentCoding.isWorthwhile(type) && type != "text/event-stream" }

    /// As ``coding(_:_:)`` and ``encode(_:_:_:)``, of an answer that the gateway has given whole and in no coding.
    static func encode(_ answer: inout WholeAnswer, _ accepted: String?) {
        guard !answer.hasTag, let type = answer.contentType, isWorthwhile(type) else { return }
        answer.more.append((.vary, "Accept-Encoding"))
        guard let accepted, let coding = AcceptedCodings(accepted).best(of: { _ in true }),
            let encoded = coding.encode(answer.content.readableBytesView, effort: .quick)
        else { return }
        answer.more.append((.contentEncoding, coding.rawValue))
        answer.content = ByteBuffer(bytes: encoded)
    }

    static func encode(_ body: ByteBuffer, _ coding: ContentCoding, _ fields: inout HTTPFields) -> ByteBuffer {
        guard let encoded = coding.encode(body.readableBytesView, effort: .quick) else { return body }
        fields[.contentEncoding] = coding.rawValue
        return ByteBuffer(bytes: encoded)
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

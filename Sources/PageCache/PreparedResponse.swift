public import ContentCoding
public import NIOCore

/// An answer ready to be sent: head and body as bytes, in every coding that makes it smaller.
public final class PreparedResponse: Sendable {
    /// One coding of the body, with the heads that go before it.
    public struct Representation: Sendable {
        public let coding: ContentCoding?
        /// Strong, and another one for each coding.
        public let entityTag: String
        public let body: ByteBuffer
        /// `200` and its fields, up to those that differ from answer to answer; no empty line yet.
        public let head: ByteBuffer
        /// The same for `304`.
        public let notModifiedHead: ByteBuffer
    }

    public let contentType: String
    public let cacheControl: String
    public let vary: String?
    public let link: String?
    public let acceptsRanges: Bool
    /// Whether it is HTML, which has a place for what is for one person.
    public let isDocument: Bool
    public let identity: Representation
    private let brotli: Representation?
    private let zstandard: Representation?
    private let gzip: Representation?
    /// Of an answer for one request: makes the one coding that is asked for.
    private let encode: (@Sendable (ContentCoding) -> Representation?)?

    /// - Parameters:
    ///   - tag: what the entity tags begin with; changes with the content.
    ///   - commonFields: what every answer of the site carries.
    ///   - encoded: bodies in codings, where they are known already.
    public convenience init(_ content: ResponseContent, tag: String, commonFields: [(String, String)], encoded: [ContentCoding: [UInt8]]) {
        self.init(
            content, tag: tag, commonFields: commonFields, identity: ByteBuffer(bytes: content.body),
            encoded: encoded.mapValues { ByteBuffer(bytes: $0) })
    }

    /// An answer for one request, which is encoded only as that asks: keeping it would mean to encode it again and again.
    ///
    /// It has the tags that it would have if it were kept.
    init(forOnce content: ResponseContent, tag: String, commonFields: [(String, String)]) {
        let isWorthwhile = ContentCoding.isWorthwhile(content.contentType)
        let heads = Heads(content, tag: tag, commonFields: commonFields, isEncoded: isWorthwhile)
        contentType = content.contentType
        cacheControl = content.cacheControl
        link = content.link
        acceptsRanges = content.acceptsRanges
        isDocument = content.contentType.hasPrefix("text/html")
        vary = heads.vary
        identity = heads.representation(nil, ByteBuffer(bytes: content.body))
        (brotli, zstandard, gzip) = (nil, nil, nil)
        guard isWorthwhile else {
            encode = nil
            return
        }
        encode = { coding in
            coding.encode(content.body, effort: .quick).map { heads.representation(coding, ByteBuffer(bytes: $0)) }
        }
    }

    private init(
        _ content: ResponseContent, tag: String, commonFields: [(String, String)], identity body: ByteBuffer, encoded: [ContentCoding: ByteBuffer]
    ) {
        let heads = Heads(content, tag: tag, commonFields: commonFields, isEncoded: !encoded.isEmpty)
        contentType = content.contentType
        cacheControl = content.cacheControl
        link = content.link
        acceptsRanges = content.acceptsRanges
        isDocument = content.contentType.hasPrefix("text/html")
        vary = heads.vary
        identity = heads.representation(nil, body)
        brotli = encoded[.brotli].map { heads.representation(.brotli, $0) }
        zstandard = encoded[.zstandard].map { heads.representation(.zstandard, $0) }
        gzip = encoded[.gzip].map { heads.representation(.gzip, $0) }
        encode = nil
    }

    /// The same bytes under another `Cache-Control`, held once.
    public func with(cacheControl: String, tag: String, commonFields: [(String, String)]) -> PreparedResponse {
        let content = ResponseContent(
            contentType: contentType, cacheControl: cacheControl, link: link, acceptsRanges: acceptsRanges, body: [])
        var encoded: [ContentCoding: ByteBuffer] = [:]
        for coding in ContentCoding.allCases { encoded[coding] = self[coding]?.body }
        return PreparedResponse(content, tag: tag, commonFields: commonFields, identity: identity.body, encoded: encoded)
    }

    /// Encodes the body where that is worth it.
    ///
    /// - Parameter encode: gives `nil` where the encoded body would not be smaller.
    public convenience init(
        _ content: ResponseContent, tag: String, commonFields: [(String, String)], encode: ([UInt8], ContentCoding) -> [UInt8]?
    ) {
        var encoded: [ContentCoding: [UInt8]] = [:]
        if ContentCoding.isWorthwhile(content.contentType) {
            for coding in ContentCoding.allCases { encoded[coding] = encode(content.body, coding) }
        }
        self.init(content, tag: tag, commonFields: commonFields, encoded: encoded)
    }

    public subscript(coding: ContentCoding) -> Representation? {
        if let encode { return encode(coding) }
        return switch coding {
        case .brotli: brotli
        case .zstandard: zstandard
        case .gzip: gzip
        }
    }

    /// What the client wants most of what there is (RFC 9110, section 12.5.3).
    public func best(for accepted: AcceptedCodings) -> Representation {
        // Trying one to learn whether it is smaller costs as much as making it.
        accepted.best(of: { encode != nil || self[$0] != nil }).flatMap { self[$0] } ?? identity
    }

    /// Memory that it takes, in bytes.
    public var size: Int {
        let all = [identity, brotli, zstandard, gzip].compactMap(\.self)
        return all.reduce(512) { $0 + $1.body.readableBytes + $1.head.readableBytes + $1.notModifiedHead.readableBytes + 256 }
    }
}

/// What stands before each coding of one body.
private struct Heads: Sendable {
    private let content: ResponseContent
    private let tag: String
    private let commonFields: [(String, String)]
    let vary: String?

    init(_ content: ResponseContent, tag: String, commonFields: [(String, String)], isEncoded: Bool) {
        self.content = content
        self.tag = tag
        self.commonFields = commonFields
        vary = content.vary(isEncoded: isEncoded)
    }

    func representation(_ coding: ContentCoding?, _ body: ByteBuffer) -> PreparedResponse.Representation {
        let entityTag = EntityTag.of(tag, in: coding)
        var fields: [(String, String)] = [("content-type", content.contentType), ("content-length", String(body.readableBytes))]
        if let coding { fields.append(("content-encoding", coding.rawValue)) }
        var shared: [(String, String)] = [("etag", entityTag), ("cache-control", content.cacheControl)]
        if let vary { shared.append(("vary", vary)) }
        if let link = content.link { shared.append(("link", link)) }
        if content.acceptsRanges { shared.append(("accept-ranges", "bytes")) }
        shared.append(("cache-status", CacheStatus.hit.field))
        shared.append(("server-timing", CacheStatus.hit.timing))
        shared += commonFields
        return PreparedResponse.Representation(
            coding: coding, entityTag: entityTag, body: body, head: Self.head("200 OK", fields + shared),
            notModifiedHead: Self.head("304 Not Modified", shared))
    }

    private static func head(_ status: String, _ fields: [(String, String)]) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeString("HTTP/1.1 \(status)\r\n")
        for (name, value) in fields { bytes.writeString("\(name): \(value)\r\n") }
        return bytes
    }
}

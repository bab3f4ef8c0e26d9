import ContentCoding
import HTTPTypes
import Hummingbird
import NIOCore
import PageCache

extension Response {
    /// The bytes of a page as they are, for a part to be put into; it has no tag and no other form.
    init(shell prepared: PreparedResponse, _ status: CacheStatus) {
        var headers: HTTPFields = [.cacheControl: prepared.cacheControl, .contentType: prepared.contentType]
        // Of what decides between forms, the encoding is still to be chosen.
        headers[.vary] = prepared.vary?.hasPrefix("Accept,") == true ? "Accept" : nil
        headers[.link] = prepared.link
        headers[.cacheStatus] = status.field
        self.init(status: .ok, headers: headers, body: ResponseBody(byteBuffer: prepared.identity.body))
    }

    /// 304 for an answer that was not made again.
    init(unchanged content: ResponseContent, tag: String) {
        var headers: HTTPFields = [.cacheControl: content.cacheControl, .eTag: tag]
        headers[.vary] = content.vary(isEncoded: true)
        headers[.link] = content.link
        headers[.cacheStatus] = CacheStatus.hit.field
        headers[.serverTiming] = CacheStatus.hit.timing
        self.init(status: .notModified, headers: headers)
    }

    /// The answer to `request` (GET or HEAD) that `prepared` holds: conditions first, then
    /// the range (RFC 9110, section 13.2.2). A range is one of the bytes as they are.
    init(_ prepared: PreparedResponse, to request: Request, _ status: CacheStatus) {
        var headers: HTTPFields = [.cacheControl: prepared.cacheControl]
        headers[.vary] = prepared.vary
        headers[.link] = prepared.link
        if prepared.acceptsRanges { headers[.acceptRanges] = "bytes" }
        headers[.cacheStatus] = status.field
        headers[.serverTiming] = status.timing
        let asksRange = prepared.acceptsRanges && request.method == .get
        let range = ByteRange(asksRange ? request.headers[.range] : nil, length: prepared.identity.body.readableBytes)
        let chosen = range == .whole ? prepared.best(for: AcceptedCodings(request.headers[.acceptEncoding] ?? "")) : prepared.identity
        headers[.eTag] = chosen.entityTag
        if let field = request.headers[.ifNoneMatch], EntityTag.matches(field, chosen.entityTag) {
            self.init(status: .notModified, headers: headers)
            return
        }
        headers[.contentType] = prepared.contentType
        headers[.contentEncoding] = chosen.coding?.rawValue
        let isOutdated = request.headers[.ifRange].map { $0 != prepared.identity.entityTag } ?? false
        switch range {
        case .part(let bytes) where !isOutdated:
            let whole = prepared.identity.body
            headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(whole.readableBytes)"
            let body = whole.getSlice(at: whole.readerIndex + bytes.lowerBound, length: bytes.count) ?? ByteBuffer()
            self.init(status: .partialContent, headers: headers, body: ResponseBody(byteBuffer: body))
        case .notSatisfiable where !isOutdated:
            self.init(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(prepared.identity.body.readableBytes)", .contentLength: "0", .cacheControl: "no-store"])
        default: self.init(status: .ok, headers: headers, body: ResponseBody(byteBuffer: chosen.body))
        }
    }
}

extension HTTPField.Name {
    static let cacheStatus = HTTPField.Name("Cache-Status")!
    static let link = HTTPField.Name("Link")!
    static let serverTiming = HTTPField.Name("Server-Timing")!
}

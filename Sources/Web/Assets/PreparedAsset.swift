import ContentCoding
import HTTPTypes
import Hummingbird
import NIOCore
import Site

/// An asset in every encoding, and the answers to every way of asking for it.
struct PreparedAsset: Sendable {
    private struct Representation: Sendable {
        let body: ByteBuffer
        /// Strong, and another one for each encoding.
        let tag: String
    }

    private let contentType: String
    private let identity: Representation
    private let encoded: [ContentCoding: Representation]

    /// Encodes as hard as it can: it is done once.
    init(_ asset: Asset) {
        contentType = asset.contentType
        identity = Representation(body: ByteBuffer(bytes: asset.bytes), tag: "\"\(asset.fingerprint)\"")
        guard ContentCoding.isWorthwhile(asset.contentType) else {
            encoded = [:]
            return
        }
        encoded = ContentCoding.allCases.reduce(into: [:]) { encoded, coding in
            encoded[coding] = coding.encode(asset.bytes, effort: .thorough).map {
                Representation(body: ByteBuffer(bytes: $0), tag: "\"\(asset.fingerprint)-\(coding.rawValue)\"")
            }
        }
    }

    /// The answer to `request` (GET or HEAD): conditions first, then the range
    /// (RFC 9110, section 13.2.2). A range is one of the bytes as they are.
    func response(to request: Request, cacheControl: String) -> Response {
        var headers: HTTPFields = [.contentType: contentType, .cacheControl: cacheControl, .acceptRanges: "bytes"]
        if !encoded.isEmpty { headers[.vary] = "Accept-Encoding" }
        let range = ByteRange(request.method == .get ? request.headers[.range] : nil, length: identity.body.readableBytes)
        var chosen = identity
        if range == .whole, let coding = AcceptedCodings(request.headers[.acceptEncoding] ?? "").best(of: { encoded[$0] != nil }) {
            chosen = encoded[coding] ?? identity
            headers[.contentEncoding] = coding.rawValue
        }
        headers[.eTag] = chosen.tag
        if let field = request.headers[.ifNoneMatch], EntityTag.matches(field, chosen.tag) {
            headers[.contentType] = nil
            headers[.contentEncoding] = nil
            return Response(status: .notModified, headers: headers)
        }
        if let wanted = request.headers[.ifRange], wanted != identity.tag { return whole(chosen, headers) }
        switch range {
        case .whole: return whole(chosen, headers)
        case .part(let bytes):
            headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(identity.body.readableBytes)"
            let body = identity.body.getSlice(at: identity.body.readerIndex + bytes.lowerBound, length: bytes.count) ?? ByteBuffer()
            return Response(status: .partialContent, headers: headers, body: ResponseBody(byteBuffer: body))
        case .notSatisfiable:
            return Response(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(identity.body.readableBytes)", .contentLength: "0", .cacheControl: "no-store"])
        }
    }

    private func whole(_ chosen: Representation, _ headers: HTTPFields) -> Response {
        Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: chosen.body))
    }
}

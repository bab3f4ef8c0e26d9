import HTTPTypes
import NIOCore

/// What a caller sends, read as far as it must be known before the call, and no further than allowed.
struct RequestContent {
    /// Bytes that are read before a call begins; what is longer follows as it comes.
    static let beginning = 64 << 10

    private(set) var read: ByteBuffer
    private(set) var isWhole: Bool
    /// As the caller says.
    let length: Int?
    private let limit: Int
    private var iterator: any AsyncIteratorProtocol<ByteBuffer, any Error>

    /// - Parameter enough: bytes that must be known.
    /// - Throws: `requestTooLarge`; `requestInvalid` where it cannot be read, or is no JSON by its own words.
    init(_ request: GatewayRequest, limit: Int, enough: Int) async throws(GatewayProblem) {
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" }.trimmed.lowercased() }
        guard type == "application/json" else { throw GatewayProblem(.requestInvalid, "Content-Type must be application/json.") }
        length = try Self.length(request.headers, limit: limit)
        self.limit = limit
        read = ByteBuffer()
        isWhole = false
        iterator = request.body.makeAsyncIterator()
        while !isWhole, read.readableBytes <= enough {
            guard let part = try await part() else {
                isWhole = true
                break
            }
            if read.readableBytes == 0 { read = part } else { read.writeImmutableBuffer(part) }
            // The rest is nothing but the end, which need not be waited for.
            if read.readableBytes == length { isWhole = true }
        }
        if read.readableBytes > limit { throw Self.tooLarge(limit) }
    }

    /// Whether a request says that it has no content.
    static func isEmpty(_ fields: HTTPFields) -> Bool {
        fields[.transferEncoding] == nil && (fields[.contentLength].map { $0 == "0" } ?? true)
    }

    static func tooLarge(_ limit: Int) -> GatewayProblem { GatewayProblem(.requestTooLarge, "This call takes \(limit) bytes.") }

    private static func length(_ fields: HTTPFields, limit: Int) throws(GatewayProblem) -> Int? {
        guard let text = fields[.contentLength] else { return nil }
        guard let length = Int(text), length >= 0 else { throw GatewayProblem(.requestInvalid, "Content-Length is no number.") }
        guard length <= limit else { throw tooLarge(limit) }
        return length
    }

    private mutating func part() async throws(GatewayProblem) -> ByteBuffer? {
        do {
            return try await iterator.next(isolation: nil)
        } catch let problem as GatewayProblem {
            throw problem
        } catch {
            throw GatewayProblem(.requestInvalid, "The request ended before its time.")
        }
    }

    /// Gives everything to the exchange, as fast as the gateway takes it.
    mutating func send(to exchange: UpstreamExchange) async throws(GatewayProblem) {
        var count = read.readableBytes
        guard await exchange.send(read) else { return }
        read = ByteBuffer()
        while let part = try await part() {
            count += part.readableBytes
            guard count <= limit else { throw Self.tooLarge(limit) }
            guard part.readableBytes > 0 else { continue }
            guard await exchange.send(part) else { return }
        }
        if let length, length != count { throw GatewayProblem(.requestInvalid, "The request ended before its time.") }
        _ = await exchange.send(nil)
    }

    /// Whether JSON asks for a stream: `"stream": true`, which between quotes could stand only with a backslash.
    var asksForStream: Bool {
        let view = read.readableBytesView
        var rest = view[...]
        while let key = rest.firstRange(of: Self.streamKey) {
            rest = rest[key.upperBound...]
            let value = rest.drop { Self.isSpace($0) }
            guard value.first == UInt8(ascii: ":") else { continue }
            if value.dropFirst().drop(while: { Self.isSpace($0) }).starts(with: "true".utf8) { return true }
        }
        return false
    }

    private static let streamKey = Array("\"stream\"".utf8)

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}

import HTTPTypes
import NIOCore
import NIOHTTP1
import Synchronization

/// Of the head of the gateway's answer what counts; nothing else of it goes anywhere.
final class AnswerHead: Sendable {
    let status: Int
    let contentType: String?
    /// In small letters, without its parameters.
    let mediaType: String
    let contentLength: Int?
    let contentEncoding: String?
    let cacheControl: [String]
    /// What ``cacheControl`` says.
    let directives: CacheDirectives
    let varies: [String]
    let retryAfter: String?
    let etag: String?
    let lastModified: String?
    let expires: String?
    let date: String?
    let age: Int?
    private let written = Mutex<ByteBuffer?>(nil)

    convenience init(_ head: HTTPResponseHead) { self.init(status: Int(head.status.code), fields: head.headers) }

    convenience init(status: Int, fields: HTTPHeaders) {
        var values = Values()
        for (name, value) in fields {
            let name = name.utf8.span
            if let known = Field(at: 0..<name.count, in: name) { values.take(known, value) }
        }
        self.init(status: status, values)
    }

    init(status: Int, _ values: Values) {
        self.status = status
        contentType = values.contentType
        mediaType = values.contentType.map(Self.mediaType) ?? ""
        contentLength = values.contentLength
        contentEncoding = values.contentEncoding
        cacheControl = values.cacheControl
        directives = values.cacheControl.isEmpty ? CacheDirectives() : CacheDirectives(values.cacheControl)
        varies = values.varies
        retryAfter = values.retryAfter
        etag = values.etag
        lastModified = values.lastModified
        expires = values.expires
        date = values.date
        age = values.age
    }

    /// ``CallerFields/lines(_:)`` of an answer that was not kept, as they are written; made once, since the next answer may have the same head.
    var callerFields: ByteBuffer {
        written.withLock { written in
            if let written { return written }
            var bytes = ByteBuffer()
            for (name, value) in CallerFields.lines(self) + [(.cacheStatus, "landing; fwd=uri-miss")] {
                bytes.writeString("\(name.canonicalName): \(value)\r\n")
            }
            written = bytes
            return bytes
        }
    }

    private static func mediaType(_ contentType: String) -> String {
        let json = "application/json"
        // Nearly always.
        if contentType == json || contentType.hasPrefix("application/json;") { return json }
        return contentType.prefix { $0 != ";" }.trimmed.lowercased()
    }

    private static func number(_ text: String) -> Int? {
        guard let number = Int(text), number >= 0 else { return nil }
        return number
    }

    var isJSON: Bool {
        mediaType == "application/json" || (mediaType.hasPrefix("application/") && mediaType.hasSuffix("+json"))
    }

    var isEventStream: Bool { mediaType == "text/event-stream" }

    var isHTML: Bool { mediaType == "text/html" || mediaType == "application/xhtml+xml" }

    var isEncoded: Bool {
        guard let contentEncoding else { return false }
        return contentEncoding.lowercased() != "identity"
    }

    /// Seconds, where it is written as a number.
    var retrySeconds: Int? { retryAfter.flatMap(Self.number) }

    /// What a browser may keep: nothing unless the gateway says how long, and then for its person only.
    var safeCacheControl: String {
        guard let seconds = directives.maxAge, seconds > 0, !directives.noStore, !directives.noCache else { return "no-store" }
        return "private, max-age=\(seconds)\(directives.mustRevalidate ? ", must-revalidate" : "")"
    }
}

extension AnswerHead {
    /// The fields that count.
    enum Field {
        case age, etag, date, vary, expires, retryAfter, contentType, cacheControl, lastModified, contentLength, contentEncoding

        /// `nil` for the name of any other.
        init?(at name: Range<Int>, in bytes: Span<UInt8>) {
            switch name.count {
            case 3 where bytes.holds("age", at: name): self = .age
            case 4 where bytes.holds("etag", at: name): self = .etag
            case 4 where bytes.holds("date", at: name): self = .date
            case 4 where bytes.holds("vary", at: name): self = .vary
            case 7 where bytes.holds("expires", at: name): self = .expires
            case 11 where bytes.holds("retry-after", at: name): self = .retryAfter
            case 12 where bytes.holds("content-type", at: name): self = .contentType
            case 13 where bytes.holds("cache-control", at: name): self = .cacheControl
            case 13 where bytes.holds("last-modified", at: name): self = .lastModified
            case 14 where bytes.holds("content-length", at: name): self = .contentLength
            case 16 where bytes.holds("content-encoding", at: name): self = .contentEncoding
            default: return nil
            }
        }
    }

    /// What was found of a head while it is read.
    struct Values {
        fileprivate var contentType: String?
        fileprivate var contentLength: Int?
        fileprivate var contentEncoding: String?
        fileprivate var cacheControl: [String] = []
        fileprivate var varies: [String] = []
        fileprivate var retryAfter: String?
        fileprivate var etag: String?
        fileprivate var lastModified: String?
        fileprivate var expires: String?
        fileprivate var date: String?
        fileprivate var age: Int?

        mutating func take(_ field: Field, _ value: String) {
            switch field {
            case .age: age = AnswerHead.number(value)
            case .etag: etag = value
            case .date: date = value
            case .vary: varies += value.split(separator: ",").map { $0.trimmed.lowercased() }
            case .expires: expires = value
            case .retryAfter: retryAfter = value
            case .contentType: contentType = value
            case .cacheControl: cacheControl.append(value)
            case .lastModified: lastModified = value
            case .contentLength: contentLength = AnswerHead.number(value)
            case .contentEncoding: contentEncoding = value
            }
        }
    }
}

extension StringProtocol {
    /// Whether it is `name`, which is in small letters, in any letters.
    func isName(_ name: String) -> Bool {
        utf8.elementsEqual(name.utf8) { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }
}

extension Span<UInt8> {
    /// Whether `text`, which is in small letters, stands at `range`, in any letters.
    func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let letters = text.utf8Start
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = self[index]
            guard letters[index - range.lowerBound] == (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) else { return false }
            index += 1
        }
        return true
    }
}

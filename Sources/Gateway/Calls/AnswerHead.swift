import HTTPTypes
import NIOHTTP1

/// Of the head of the gateway's answer what counts; nothing else of it goes anywhere.
struct AnswerHead: Sendable {
    var status = 200
    private(set) var contentType: String?
    /// In small letters, without its parameters.
    private(set) var mediaType = ""
    var contentLength: Int?
    var contentEncoding: String?
    private(set) var cacheControl: [String] = []
    /// What ``cacheControl`` says.
    private(set) var directives = CacheDirectives()
    var varies: [String] = []
    var retryAfter: String?
    var etag: String?
    var lastModified: String?
    var expires: String?
    var date: String?
    var age: Int?

    init(_ head: HTTPResponseHead) {
        self.init(status: Int(head.status.code), fields: head.headers)
    }

    init(status: Int, fields: HTTPHeaders) {
        self.status = status
        for (name, value) in fields {
            switch name.utf8.count {
            case 3 where name.isName("age"): age = Self.number(value)
            case 4 where name.isName("etag"): etag = value
            case 4 where name.isName("date"): date = value
            case 4 where name.isName("vary"): varies += value.split(separator: ",").map { $0.trimmed.lowercased() }
            case 7 where name.isName("expires"): expires = value
            case 11 where name.isName("retry-after"): retryAfter = value
            case 12 where name.isName("content-type"):
                contentType = value
                mediaType = value == "application/json" ? value : value.prefix { $0 != ";" }.trimmed.lowercased()
            case 13 where name.isName("cache-control"): cacheControl.append(value)
            case 13 where name.isName("last-modified"): lastModified = value
            case 14 where name.isName("content-length"): contentLength = Self.number(value)
            case 16 where name.isName("content-encoding"): contentEncoding = value
            default: break
            }
        }
        if !cacheControl.isEmpty { directives = CacheDirectives(cacheControl) }
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
        guard !cacheControl.isEmpty else { return "no-store" }
        guard let seconds = directives.maxAge, seconds > 0, !directives.noStore, !directives.noCache else { return "no-store" }
        return "private, max-age=\(seconds)\(directives.mustRevalidate ? ", must-revalidate" : "")"
    }
}

extension StringProtocol {
    /// Whether it is `name`, which is in small letters, in any letters.
    func isName(_ name: String) -> Bool {
        utf8.elementsEqual(name.utf8) { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }
}

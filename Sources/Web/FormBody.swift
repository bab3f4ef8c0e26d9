import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The fields of a form (`application/x-www-form-urlencoded`); of two with one name the last counts.
    ///
    /// - Throws: ``WebError``: 400 for anything else, 413 for more than `limit` bytes.
    func form(limit: Int = 64 * 1024) async throws -> FormFields {
        guard headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else { throw WebError.malformed }
        let text = String(buffer: try await bytes(limit: limit))
        do {
            return FormFields(try URLEncodedFormDecoder().decode([String: String].self, from: text))
        } catch {
            var refusal = WebError.malformed
            refusal.cause = error
            throw refusal
        }
    }

    /// A body of JSON.
    func json<Body: Decodable>(_ type: Body.Type, limit: Int = 64 * 1024) async throws -> Body {
        guard headers[.contentType]?.lowercased().hasPrefix("application/json") == true else { throw WebError.notJSON(nil) }
        let body = try await bytes(limit: limit)
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw WebError.notJSON(error)
        }
    }

    func bytes(limit: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw WebError.contentTooLarge(limit: limit) }
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw WebError.contentTooLarge(limit: limit)
        }
    }
}

/// What was filled into a form.
struct FormFields {
    private let fields: [String: String]

    init(_ fields: [String: String]) { self.fields = fields }

    /// As it was sent; empty where there is no such field.
    subscript(name: String) -> String { fields[name] ?? "" }

    /// `nil` where it is missing or empty.
    func text(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension WebError {
    static func notJSON(_ cause: (any Error)?) -> WebError {
        WebError(
            status: .badRequest, title: "The request cannot be read", message: "The body is not the JSON that this address takes.",
            remedy: "Send it as application/json, as /api/openapi.json describes it.", cause: cause)
    }
}

import HTTPTypes
import NIOCore

/// The fields of a request as they go to the gateway: made here, each, from what is on this list and from nothing else.
struct ForwardedFields: Sendable {
    /// What this site says of itself: whom it speaks to, and by what right. The caller's own of these never go on.
    final class Own: Sendable {
        let authority: String
        let authorization: String?
        fileprivate let lines: ByteBuffer
        fileprivate let linesWithoutToken: ByteBuffer

        init(authority: String, token: String?) {
            self.authority = authority
            authorization = token.map { "Bearer \($0)" }
            linesWithoutToken = ByteBuffer(string: "host: \(authority)\r\n")
            lines = ByteBuffer(string: "host: \(authority)\r\n" + (authorization.map { "authorization: \($0)\r\n" } ?? ""))
        }
    }

    private let own: Own
    private let isTokenShown: Bool
    private let accept: String
    private var hasContent = false
    private var requestID: String?
    private var traceparent: String?
    private var etag: String?

    /// Of a question that this site asks for itself, without its token.
    init(_ own: Own) {
        self.own = own
        isTokenShown = false
        accept = "application/json"
    }

    /// - Parameter etag: of an answer that is kept and no longer fresh.
    init(_ own: Own, isTokenShown: Bool, for request: GatewayRequest, of caller: GatewayCaller, etag: String?) {
        self.own = own
        self.isTokenShown = isTokenShown
        accept = Self.accept(request)
        hasContent = request.method == .post
        if Self.isSafe(caller.requestID), caller.requestID.utf8.count <= 128 { requestID = caller.requestID }
        if let caller = caller.traceparent, Self.isTraceparent(caller) { traceparent = caller }
        self.etag = etag
    }

    var list: [(String, String)] {
        var list = [("host", own.authority)]
        if isTokenShown, let authorization = own.authorization { list.append(("authorization", authorization)) }
        list.append(("accept", accept))
        rest { list.append(("\($0)", $1)) }
        return list
    }

    /// Those of this one request.
    private func rest(_ body: (StaticString, String) -> Void) {
        if hasContent { body("content-type", "application/json") }
        if let requestID { body("x-request-id", requestID) }
        if let traceparent { body("traceparent", traceparent) }
        if let etag { body("if-none-match", etag) }
    }

    // MARK: As lines of a head

    /// Whether ``writeBeginning(to:)`` writes the same.
    func beginLike(_ other: ForwardedFields) -> Bool { own === other.own && isTokenShown == other.isTokenShown && accept == other.accept }

    /// What does not change from request to request.
    func writeBeginning(to bytes: inout ByteBuffer) {
        bytes.writeImmutableBuffer(isTokenShown ? own.lines : own.linesWithoutToken)
        bytes.writeString("accept: \(accept)\r\n")
    }

    func writeRest(to bytes: inout ByteBuffer) {
        rest { name, value in
            bytes.writeStaticString(name)
            bytes.writeStaticString(": ")
            bytes.writeString(value)
            bytes.writeStaticString("\r\n")
        }
    }

    static func accept(_ request: GatewayRequest) -> String {
        guard let accept = request.headers[.accept], isSafe(accept), accept.utf8.count <= 512 else { return "application/json" }
        return accept
    }

    /// Printable ASCII.
    static func isSafe(_ value: String) -> Bool {
        let bytes = value.utf8.span
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] >= 0x7F { return false }
        return true
    }

    /// W3C Trace Context, version 00: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
    static func isTraceparent(_ value: String) -> Bool {
        guard value.utf8.count == 55, value.hasPrefix("00-") else { return false }
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2 else { return false }
        let isHex = parts.allSatisfy { $0.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) } }
        return isHex && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }
}

import HTTPTypes

/// The fields of a request as they go to the gateway: made here, each, from what is on this list and from nothing else.
enum ForwardedFields {
    /// - Parameters:
    ///   - authorization: this site's own; the caller's never goes on.
    ///   - etag: of an answer that is kept and no longer fresh.
    static func fields(
        for request: GatewayRequest, of caller: GatewayCaller, to authority: String, authorization: String?, etag: String?
    ) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(8)
        fields.append(("host", authority))
        fields.append(("accept", accept(request)))
        if let authorization { fields.append(("authorization", authorization)) }
        if request.method == .post { fields.append(("content-type", "application/json")) }
        if isSafe(caller.requestID), caller.requestID.utf8.count <= 128 { fields.append(("x-request-id", caller.requestID)) }
        if let traceparent = caller.traceparent, isTraceparent(traceparent) { fields.append(("traceparent", traceparent)) }
        if let etag { fields.append(("if-none-match", etag)) }
        return fields
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

import HTTPTypes

/// The line of the role table that a request is for.
struct RouteMatch: Sendable {
    let route: GatewayRoute
    /// As it goes to the gateway, with a slash at its beginning.
    let target: String

    static let procedures = "api/v1/admin/rpc"
    static let history = "sessions/{key}/history"

    var isProcedure: Bool { route.path == Self.procedures }

    /// Whether the gateway answers it without a token.
    var isProbe: Bool { route.path == "health" || route.path == "ready" }

    /// - Throws: `unknownRoute`, or `methodNotAllowed` where another method would do.
    init(_ method: HTTPRequest.Method, _ path: String) throws(GatewayProblem) {
        var others: [HTTPRequest.Method] = []
        for route in GatewayRoutes.http where Self.matches(path, route.path) {
            if route.method == method {
                self.route = route
                target = "/" + path
                return
            }
            others += route.methods
        }
        throw others.isEmpty ? GatewayProblem(.unknownRoute) : .methodNotAllowed(allowed: others)
    }

    static func matches(_ path: String, _ pattern: String) -> Bool {
        if path == pattern { return !hasKey(pattern) }
        guard hasKey(pattern) else { return false }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let expected = pattern.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == expected.count else { return false }
        return zip(segments, expected).allSatisfy { $1.hasPrefix("{") ? isKey($0) : $0 == $1 }
    }

    private static func hasKey(_ pattern: String) -> Bool {
        let bytes = pattern.utf8.span
        for index in bytes.indices where bytes[index] == UInt8(ascii: "{") { return true }
        return false
    }

    /// Whether a segment is one name for everybody who reads it, also who decodes twice or takes a backslash for a slash.
    static func isKey(_ segment: Substring) -> Bool {
        guard let decoded = decoded(segment), !decoded.isEmpty, decoded.count <= 512, decoded != [dot], decoded != [dot, dot] else { return false }
        guard String(validating: decoded, as: UTF8.self) != nil else { return false }
        return decoded.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "%") }
    }

    private static let dot = UInt8(ascii: ".")

    private static func decoded(_ segment: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = segment.utf8.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            } else {
                guard isPathByte(byte) else { return nil }
                bytes.append(byte)
            }
            if bytes.count > 512 { return nil }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// RFC 3986, `pchar`, without the percent sign.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}

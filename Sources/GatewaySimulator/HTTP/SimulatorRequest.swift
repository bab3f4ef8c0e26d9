import NIOCore
import NIOHTTP1

/// A request that has arrived as a whole.
struct SimulatorRequest {
    let head: HTTPRequestHead
    let body: [UInt8]
    let origin: IngressAttribution
    /// Among those seen.
    let number: Int
    /// Its body is over any limit, and was not kept.
    let isTooLarge: Bool
    /// To a WebSocket.
    let isUpgrade: Bool

    var method: HTTPMethod { head.method }

    /// Without its query.
    var path: Substring { head.uri.prefix { $0 != "?" } }

    /// Decoded; of two with one name, the first counts.
    func query(_ name: String) -> String? {
        let query = head.uri.drop { $0 != "?" }.dropFirst()
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2, pair[0] == name { return Self.decoded(pair[1]) }
        }
        return nil
    }

    func header(_ name: String) -> String? { head.headers.first(name: name) }

    /// The token of the field Authorization.
    var bearer: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return String(value.dropFirst(7))
    }

    /// `nil` where it is not UTF-8 or not encoded rightly.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let pair = String(rest.prefix(2)), let value = UInt8(pair, radix: 16), pair.count == 2 else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

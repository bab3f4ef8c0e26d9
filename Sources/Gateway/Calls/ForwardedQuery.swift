/// What of a query goes on to the gateway: of the history of a conversation a few names, of anything else nothing.
enum ForwardedQuery {
    private static let names: Set<Substring> = ["limit", "cursor", "offset", "maxChars", "includeTools"]

    /// - Returns: without the question mark; empty where nothing goes on. Of a name that is there twice, the first.
    static func query(_ query: String?, for route: GatewayRoute) -> String {
        guard let query, !query.isEmpty, route.path == RouteMatch.history else { return "" }
        var seen: Set<Substring> = []
        var kept: [Substring] = []
        for pair in query.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            guard names.contains(name), pair.utf8.count <= 1_024, pair.utf8.allSatisfy(isQueryByte), seen.insert(name).inserted else { continue }
            kept.append(pair)
        }
        return kept.joined(separator: "&")
    }

    private static func isQueryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~!$'()*+,;=:@/?%".utf8.contains(byte)
        }
    }
}

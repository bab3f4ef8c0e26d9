/// The proxies whose word about a client's address counts.
public struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let address: IPAddress
        let prefix: Int

        func contains(_ other: IPAddress) -> Bool {
            guard address.bytes.count == other.bytes.count else { return false }
            for index in address.bytes.indices {
                let bits = min(max(prefix - index * 8, 0), 8)
                let mask = bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
                if (address.bytes[index] ^ other.bytes[index]) & mask != 0 { return false }
            }
            return true
        }
    }

    private var networks: [Network] = []

    public static let none = TrustedProxies()

    private init() {}

    /// - Parameter text: addresses and networks, `127.0.0.1, 10.0.0.0/8, ::1`; `nil` where one is neither.
    public init?(_ text: String) {
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let fields = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let address = IPAddress(fields[0]), fields.count <= 2 else { return nil }
            let longest = address.bytes.count * 8
            guard let prefix = fields.count == 2 ? Int(fields[1]) : longest, (0...longest).contains(prefix) else { return nil }
            networks.append(Network(address: address, prefix: prefix))
        }
    }

    private func contains(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    /// Who sent a request: the peer, or, where that is a trusted proxy, whom it
    /// names. Read from the right, for only what trusted proxies added is true;
    /// what a client wrote itself stands further left.
    func client(peer: String?, forwardedFor fields: [String]) -> IPAddress? {
        guard var client = peer.flatMap({ IPAddress($0) }) else { return nil }
        var hops = fields.flatMap { $0.split(separator: ",") }[...].suffix(32)
        while contains(client), let hop = hops.popLast() {
            guard let next = IPAddress(hop.filter { !$0.isWhitespace }) else { break }
            client = next
        }
        return client
    }
}

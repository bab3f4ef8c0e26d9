/// Where the gateway listens: `http://127.0.0.1:18789`.
public struct GatewayEndpoint: Sendable, Equatable, CustomStringConvertible {
    public let isTLS: Bool
    /// A name or an address, without brackets.
    public let host: String
    public let port: Int
    /// As the field Host has it.
    public let authority: String

    /// - Parameter text: scheme, host and port; `http`, `https`, `ws` and `wss` mean the same server. Default ports 80
    ///   and 443. Anything behind, user names among it, is refused.
    /// - Returns: `nil` for anything else.
    public init?(_ text: String) {
        var rest = text[...]
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let schemes = [("http://", false), ("ws://", false), ("https://", true), ("wss://", true)]
        guard let (scheme, isTLS) = schemes.first(where: { rest.lowercased().hasPrefix($0.0) }) else { return nil }
        rest = rest.dropFirst(scheme.count)
        let port: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
            let behind = rest[rest.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { return nil }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let name = parts.first, !name.isEmpty else { return nil }
            guard name.utf8.allSatisfy(Self.isNameByte) else { return nil }
            host = String(name)
            port = parts.count == 2 ? parts[1] : nil
        }
        guard let number = port.map({ UInt16($0) }) ?? (isTLS ? 443 : 80), number > 0 else { return nil }
        self.isTLS = isTLS
        self.port = Int(number)
        authority = host.contains(":") ? "[\(host)]:\(number)" : "\(host):\(number)"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    public var description: String { "\(isTLS ? "https" : "http")://\(authority)" }
}

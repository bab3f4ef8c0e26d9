/// Who asks, as far as the request tells.
public struct Client: Sendable, Equatable {
    /// In words; `nil` where it is not known.
    public let address: String?
    /// What the browser says of itself; cut to 512 bytes.
    public let userAgent: String
    public let requestID: String?

    public init(address: String?, userAgent: String, requestID: String?) {
        self.address = address
        var visible = String.UnicodeScalarView()
        visible.append(contentsOf: userAgent.unicodeScalars.prefix(512).filter { $0.properties.generalCategory != .control })
        self.userAgent = String(decoding: String(visible).utf8.prefix(512), as: UTF8.self)
        self.requestID = requestID
    }

    /// The command line.
    public static let terminal = Client(address: nil, userAgent: "landing (command line)", requestID: nil)

    /// What attempts are counted by: one address, or the 64 bits of IPv6 that one household has.
    var network: String {
        guard let address, address.contains(":") else { return address ?? "unknown" }
        return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":")
    }
}

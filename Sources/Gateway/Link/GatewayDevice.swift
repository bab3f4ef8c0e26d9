import Synchronization

/// The identity that the gateway knows this site by (Ed25519), and what it has given this site.
///
/// Its secret stays behind ``sign``.
public final class GatewayDevice: Sendable {
    /// 32 bytes.
    public let publicKey: [UInt8]
    /// SHA-256 over ``publicKey``, in hexadecimal.
    public let id: String
    /// Ed25519 over a text, 64 bytes.
    public let sign: @Sendable ([UInt8]) -> [UInt8]
    private let token: Mutex<String?>
    private let keep: @Sendable (String?) -> Void

    /// - Parameters:
    ///   - token: what an earlier connection was given, if any.
    ///   - keep: told of a new one, to be kept for the next start; `nil` where it is of no use any more. Must not block.
    public init(
        publicKey: [UInt8], id: String, sign: @escaping @Sendable ([UInt8]) -> [UInt8], token: String?, keep: @escaping @Sendable (String?) -> Void
    ) {
        self.publicKey = publicKey
        self.id = id
        self.sign = sign
        self.token = Mutex(token)
        self.keep = keep
    }

    /// What the gateway gave this device to come back with.
    public var deviceToken: String? {
        get { token.withLock { $0 } }
        set {
            let isNew = token.withLock { token in
                defer { token = newValue }
                return token != newValue
            }
            if isNew { keep(newValue) }
        }
    }
}

import Crypto

/// Whether a device is the one that it says it is.
struct DeviceProof {
    let device: ConnectParameters.Device
    let nonce: String
    let now: Int

    /// Milliseconds that may lie between the signature and now.
    private static let patience = 120_000

    /// - Returns: a code of the protocol and what to say, where it is not.
    func problem(_ parameters: ConnectParameters) -> (code: String, message: String)? {
        guard let key = Base64.bytes(ofURLText: device.publicKey), key.count == 32,
            let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return ("DEVICE_AUTH_PUBLIC_KEY_INVALID", "device public key invalid") }
        guard hexadecimal(SHA256.hash(data: key)) == device.id else { return ("DEVICE_AUTH_DEVICE_ID_MISMATCH", "device identity mismatch") }
        guard abs(now - device.signedAt) <= Self.patience else { return ("DEVICE_AUTH_SIGNATURE_EXPIRED", "device signature expired") }
        guard let shown = device.nonce, !shown.isEmpty else { return ("DEVICE_AUTH_NONCE_REQUIRED", "device nonce required") }
        guard shown == nonce else { return ("DEVICE_AUTH_NONCE_MISMATCH", "device nonce mismatch") }
        guard let signature = Base64.bytes(ofURLText: device.signature),
            signedTexts(parameters).contains(where: { publicKey.isValidSignature(signature, for: Array($0.utf8)) })
        else { return ("DEVICE_AUTH_SIGNATURE_INVALID", "device signature invalid") }
        return nil
    }

    /// The newest form, and the one before.
    private func signedTexts(_ parameters: ConnectParameters) -> [String] {
        let token = parameters.token ?? parameters.deviceToken ?? parameters.bootstrapToken ?? ""
        let fields = [
            device.id, parameters.clientID, parameters.mode, parameters.role, parameters.scopes.joined(separator: ","), "\(device.signedAt)", token,
            nonce,
        ]
        let newest = ["v3"] + fields + [Self.plain(parameters.platform), Self.plain(parameters.deviceFamily)]
        return [newest.joined(separator: "|"), (["v2"] + fields).joined(separator: "|")]
    }

    /// Without blanks around it, the letters of ASCII small.
    private static func plain(_ text: String) -> String {
        let blanks = text.drop(while: \.isWhitespace)
        let end = blanks.lastIndex { !$0.isWhitespace }.map { blanks.index(after: $0) } ?? blanks.startIndex
        let bytes = blanks[..<end].utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Crypto
public import Site

extension DigestFunction {
    /// SHA-256 (FIPS 180-4).
    public static let sha256 = DigestFunction { bytes in
        guard let digest = SHA256.hash(data: bytes).withUnsafeBytes({ Digest($0) }) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}

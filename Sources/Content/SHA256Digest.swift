import Crypto
public import Site

extension DigestFunction {
    /// SHA-256 (FIPS 180-4).
    public static let sha256 = DigestFunction { bytes in
        guard let digest = Digest(Array(SHA256.hash(data: bytes))) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}

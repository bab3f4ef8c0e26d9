public import Site

import struct Crypto.SHA256

extension DigestFunction {
    /// SHA-256 (FIPS 180-4).
    public static let sha256 = DigestFunction { digest(SHA256.hash(data: $0)) }

    /// SHA-256 of a text's UTF-8.
    static func sha256(of text: Substring) -> Digest {
        var (text, hash) = (text, SHA256())
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return digest(hash.finalize())
    }

    private static func digest(_ hash: SHA256.Digest) -> Digest {
        guard let digest = hash.withUnsafeBytes({ Digest($0) }) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}

import Crypto
import FoundationEssentials

/// Digests of a file's bytes.
enum Fingerprint {
    /// The first 64 bits of SHA-256, in hexadecimal: enough to tell the versions of one file apart.
    static func of(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: SHA256.hash(data: bytes).prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// For the `integrity` of scripts and styles (W3C Subresource Integrity).
    static func integrity(of bytes: [UInt8]) -> String { "sha384-" + Data(SHA384.hash(data: bytes)).base64EncodedString() }
}

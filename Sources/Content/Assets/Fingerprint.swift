import Crypto

/// The first 64 bits of SHA-256, in hexadecimal: enough to tell the versions of one file apart.
enum Fingerprint {
    static func of(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: SHA256.hash(data: bytes).prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

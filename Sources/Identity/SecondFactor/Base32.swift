/// RFC 4648, section 6, without padding: what authenticator apps read, and people type.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var pool: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pool = pool << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(pool >> bits & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(pool << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

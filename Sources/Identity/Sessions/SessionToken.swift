/// The secret in a session's cookie, or in a one-time link: 256 random bits, written in base64url.
public struct SessionToken: Sendable, Equatable {
    public static let length = 32
    public let bytes: [UInt8]

    /// - Parameter bytes: ``length`` from a cryptographic source.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// `nil` for anything that ``text`` never is.
    public init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// 43 characters.
    public var text: String { Base64URL.encode(bytes) }
}

/// RFC 4648, section 5, without padding.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pool: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pool = pool << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(pool >> bits & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(pool << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` where a character is none of the alphabet, or bits are left that should be 0.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var pool: UInt32 = 0
        var bits: UInt32 = 0
        let characters = text.utf8.span
        for index in characters.indices {
            let character = characters[index]
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "_"): value = 63
            default: return nil
            }
            pool = (pool << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pool >> bits))
            }
        }
        return pool & ((1 << bits) - 1) == 0 ? bytes : nil
    }
}

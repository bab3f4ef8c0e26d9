public import FoundationEssentials

/// Six digits that change every 30 seconds (RFC 6238 over HMAC-SHA-1, which is what authenticator apps know).
public struct TimeBasedCode: Sendable {
    public typealias Authenticate = @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

    public static let secretLength = 20
    private static let period: Int64 = 30
    /// Clocks of phones are wrong by so many periods, either way.
    private static let tolerance: Int64 = 1

    private let hmacSHA1: Authenticate

    public init(hmacSHA1: @escaping Authenticate) { self.hmacSHA1 = hmacSHA1 }

    /// The code of the period with that number (RFC 4226, section 5.3).
    public func code(_ secret: [UInt8], step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - $0 * 8)) }
        let mac = hmacSHA1(secret, counter)
        let offset = Int(mac[mac.count - 1] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    public static func step(at time: Date) -> Int64 { Int64((time.timeIntervalSince1970 / Double(period)).rounded(.down)) }

    /// The period that `text` is the code of, later than `lastStep`; `nil` where it is none, or was taken already.
    ///
    /// Blanks in it do not matter. Takes as long for every wrong code.
    public func step(of text: String, _ secret: [UInt8], at time: Date, after lastStep: Int64) -> Int64? {
        let digits = Array(text.utf8.filter { $0 != UInt8(ascii: " ") })
        let now = Self.step(at: time)
        var found: Int64?
        for step in now - Self.tolerance...now + Self.tolerance {
            let isEqual = ConstantTime.areEqual(digits, Array(code(secret, step: step).utf8))
            if isEqual, step > lastStep { found = step }
        }
        return found
    }

    /// What a QR code for an authenticator app says (Key URI Format).
    public static func address(secret: [UInt8], issuer: String, account: String) -> String {
        let issuer = encode(issuer)
        return "otpauth://totp/\(issuer):\(encode(account))?secret=\(Base32.encode(secret))&issuer=\(issuer)"
    }

    /// The secret for people who type it, in groups of four.
    public static func text(of secret: [UInt8]) -> String {
        var text = ""
        for (index, character) in Base32.encode(secret).enumerated() {
            if index > 0, index % 4 == 0 { text.append(" ") }
            text.append(character)
        }
        return text
    }

    private static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || "-._~".utf8.contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
        }.joined()
    }
}

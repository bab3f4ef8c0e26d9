import Foundation
import Identity

/// Accounts and what belongs to them, told apart by numbers.
enum Sample {
    /// Ends with a combining accent that no store may compose, and holds what is special to one language or the other.
    static let difficultText =
        "Zoë \u{1F980}\u{1F469}\u{200D}\u{1F680} 王 ʼ'\"`\\ %_*.?[]{}()$^;-- \u{202E}\u{05D0}\u{05D1}\u{202C} &amp;<b> \t\nnull cafe\u{301}"

    /// The greater number has the greater id, in bytes as in text.
    static func id(_ number: Int, _ family: UInt8 = 0xA0) -> UUID {
        let high = UInt8(truncatingIfNeeded: number >> 8)
        let low = UInt8(truncatingIfNeeded: number)
        return UUID(uuid: (high, low, 0x10, 0x00, 0x00, 0x00, 0x40, 0x00, 0x80, 0xFF, 0x00, 0x7F, 0x5C, 0x27, 0x22, family))
    }

    /// A moment in whole milliseconds, `seconds` behind one that is the same for all.
    static func time(_ seconds: Int, milliseconds: Int = 0) -> Date {
        Date(timeIntervalSince1970: Double(1_790_000_000_125 + seconds * 1000 + milliseconds) / 1000)
    }

    /// Moments that are lost where times are kept in seconds, cut instead of rounded, or kept in 32 bits.
    static let difficultTimes: [Date] = [
        0, 1, 999, 1_000_000_000_001, 1_790_000_000_001, 1_790_000_000_123, 1_790_000_000_499, 1_790_000_000_500, 1_790_000_000_999,
        2_147_483_648_001, 4_294_967_296_007, 4_102_444_800_129,
    ].map { Date(timeIntervalSince1970: Double($0) / 1000) }

    /// 32 bytes with zeros among them; two numbers differ only in the last ones.
    static func hash(_ number: Int) -> [UInt8] {
        [0x00, 0xFF, 0x27, 0x5C, 0x80, 0xC3] + [UInt8](repeating: 0, count: 23)
            + [UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
    }

    static func email(_ text: String) throws -> EmailAddress {
        guard let email = EmailAddress(text) else { throw Broken(description: "\(text) is no address") }
        return email
    }

    static func user(_ number: Int, email: String? = nil, name: String? = nil, role: Role = .user) throws -> User {
        User(
            id: id(number), email: try Self.email(email ?? "person\(number)@example.org"), name: name ?? "Person \(number)", role: role,
            createdAt: time(number))
    }

    /// With a value in every field.
    static func wholeUser(_ number: Int) throws -> User {
        User(
            id: id(number), email: try email("person\(number)@example.org"), name: "Person \(number)", role: .author,
            password: PasswordHash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"),
            secondFactor: SecondFactor(
                secret: Array(hash(number).prefix(20)), isConfirmed: true, lastStep: 59_666_667 << 16, recoveryHashes: (1...10).map(hash)),
            createdAt: time(1, milliseconds: 1), passwordChangedAt: time(2, milliseconds: 2), lockedAt: time(3, milliseconds: 3))
    }

    static func session(_ number: Int, of userID: UUID, lastSeen: Int? = nil, expires: Int = 100_000) -> Session {
        Session(
            id: id(number, 0xB0), userID: userID, tokenHash: hash(number), createdAt: time(0), lastSeenAt: time(lastSeen ?? number),
            expiresAt: time(expires), method: .password, address: "192.0.2.\(number % 256)", userAgent: "Browser/\(number)")
    }

    static func link(
        _ number: Int, _ purpose: OneTimeLink.Purpose = .passwordReset, of userID: UUID? = nil, expires: Int = 1000
    ) -> OneTimeLink {
        OneTimeLink(tokenHash: hash(number), purpose: purpose, userID: userID, createdAt: time(0), expiresAt: time(expires))
    }

    static func event(_ number: Int, at seconds: Int? = nil, of userID: UUID? = nil) -> StackEvent {
        StackEvent(
            id: id(number, 0xE0), at: time(seconds ?? number), source: "landing", kind: "gateway-down", text: "Event \(number).", userID: userID)
    }
}

public import FoundationEssentials

/// A person with an account.
public struct User: Sendable, Equatable, Identifiable {
    public let id: UUID
    public var email: EmailAddress
    /// As the person wants to be called; never empty, 100 characters at most.
    public var name: String
    public var role: Role
    /// `nil` until the person has chosen a password: then there is no way in but a one-time link.
    public var password: PasswordHash?
    public var secondFactor: SecondFactor?
    /// In whole milliseconds, as all times here: that is what every store can hold.
    public let createdAt: Date
    public var passwordChangedAt: Date?
    /// Since when an administrator keeps the person out.
    public var lockedAt: Date?
    /// Goes up by one with each change; a change to an older version is refused.
    public var version: Int

    /// Whether signing in asks for a code.
    public var hasSecondFactor: Bool { secondFactor?.isConfirmed == true }

    public init(
        id: UUID, email: EmailAddress, name: String, role: Role, password: PasswordHash? = nil, secondFactor: SecondFactor? = nil,
        createdAt: Date, passwordChangedAt: Date? = nil, lockedAt: Date? = nil, version: Int = 1
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.role = role
        self.password = password
        self.secondFactor = secondFactor
        self.createdAt = createdAt
        self.passwordChangedAt = passwordChangedAt
        self.lockedAt = lockedAt
        self.version = version
    }
}

/// A password as it is kept: a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
public struct PasswordHash: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }
}

/// A device that shows codes (RFC 6238), and what to use when it is lost.
public struct SecondFactor: Sendable, Equatable {
    /// 20 bytes, shared with the device.
    public var secret: [UInt8]
    /// `false` until the person has shown a code of it: until then it is not asked for.
    public var isConfirmed: Bool
    /// Of the last code that was taken; no code is taken twice, nor an older one.
    public var lastStep: Int64
    /// SHA-256 over each recovery code that is left.
    public var recoveryHashes: [[UInt8]]

    public init(secret: [UInt8], isConfirmed: Bool = false, lastStep: Int64 = 0, recoveryHashes: [[UInt8]] = []) {
        self.secret = secret
        self.isConfirmed = isConfirmed
        self.lastStep = lastStep
        self.recoveryHashes = recoveryHashes
    }
}

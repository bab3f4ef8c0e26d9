public import FoundationEssentials

/// A link that does one thing once: its secret stands in an address, a hash of it here.
public struct OneTimeLink: Sendable, Equatable {
    /// SHA-256 over the secret.
    public let tokenHash: [UInt8]
    public let purpose: Purpose
    /// Whose account; `nil` where it is to be made.
    public let userID: UUID?
    /// What the new account gets; for ``Purpose/signUp`` only.
    public let role: Role
    /// For whom an invitation is; `nil` for whoever has it.
    public let email: EmailAddress?
    public let createdAt: Date
    public let expiresAt: Date

    public enum Purpose: String, Sendable, Codable, CaseIterable {
        /// Makes the account of an invited person.
        case signUp = "sign-up"
        /// Makes the account of an administrator, while there is none.
        case firstAdministrator = "first-administrator"
        /// Chooses a new password.
        case passwordReset = "password-reset"
        /// The password was right, the code is still to come.
        case secondFactor = "second-factor"
    }

    public init(
        tokenHash: [UInt8], purpose: Purpose, userID: UUID? = nil, role: Role = .user, email: EmailAddress? = nil, createdAt: Date, expiresAt: Date
    ) {
        self.tokenHash = tokenHash
        self.purpose = purpose
        self.userID = userID
        self.role = role
        self.email = email
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Where one-time links are kept, beside the accounts. Each promise is a case of the store contracts.
public protocol OneTimeLinkStore: Sendable {
    func add(_ link: OneTimeLink) async throws

    /// The link, if it is there and has not ended; it stays.
    func link(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink?

    /// The same, and removes it: of many who take it at once, one gets it.
    func take(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink?

    /// Removes all of one purpose; `userID` `nil` means those that belong to no account yet.
    func removeAll(_ purpose: OneTimeLink.Purpose, of userID: UUID?) async throws

    /// Removes those that have ended; how many.
    func removeExpired(at now: Date) async throws -> Int
}

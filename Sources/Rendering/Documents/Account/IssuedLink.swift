public import FoundationEssentials

/// A link that works once, shown once to the administrator who made it.
public struct IssuedLink: Sendable, Equatable {
    public enum Purpose: Sendable, Equatable {
        /// - Parameters:
        ///   - email: whom it is for; `nil` for whoever has it.
        ///   - role: in words: `Author`.
        case invitation(email: String?, role: String)
        case passwordReset(name: String, id: String)
    }

    public var purpose: Purpose
    /// The whole address, with its secret.
    public var address: String
    public var expiresAt: Date

    public init(_ purpose: Purpose, address: String, expiresAt: Date) {
        self.purpose = purpose
        self.address = address
        self.expiresAt = expiresAt
    }
}

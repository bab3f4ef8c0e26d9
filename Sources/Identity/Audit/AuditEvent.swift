public import FoundationEssentials

/// One line of the audit trail: who did what to whom, from where, and whether it was done.
///
/// Holds ids instead of names, so that a deleted account leaves nothing that tells who it was.
public struct AuditEvent: Sendable, Equatable, Identifiable {
    public let id: UUID
    public let at: Date
    public let action: AuditAction
    public let outcome: Outcome
    /// Who did it; `nil` for strangers, and for the command line.
    public let actor: UUID?
    /// Whose account it is about.
    public let subject: UUID?
    public let sessionID: UUID?
    public let address: String?
    /// 512 bytes at most.
    public let userAgent: String
    public let requestID: String?
    /// Anything else, never a secret; short texts.
    public let details: [String: String]

    public enum Outcome: String, Sendable, Codable { case done, refused }

    public init(
        id: UUID, at: Date, action: AuditAction, outcome: Outcome = .done, actor: UUID? = nil, subject: UUID? = nil, sessionID: UUID? = nil,
        address: String? = nil, userAgent: String = "", requestID: String? = nil, details: [String: String] = [:]
    ) {
        self.id = id
        self.at = at
        self.action = action
        self.outcome = outcome
        self.actor = actor
        self.subject = subject
        self.sessionID = sessionID
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
        self.details = details
    }
}

/// What can be done to accounts, in the words of the trail.
public struct AuditAction: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let signIn = AuditAction(rawValue: "sign-in")
    public static let signOut = AuditAction(rawValue: "sign-out")
    public static let sessionRevoked = AuditAction(rawValue: "session-revoked")
    public static let sessionsRevoked = AuditAction(rawValue: "sessions-revoked")
    public static let accountCreated = AuditAction(rawValue: "account-created")
    public static let accountDeleted = AuditAction(rawValue: "account-deleted")
    public static let accountExported = AuditAction(rawValue: "account-exported")
    public static let accountLocked = AuditAction(rawValue: "account-locked")
    public static let accountUnlocked = AuditAction(rawValue: "account-unlocked")
    public static let nameChanged = AuditAction(rawValue: "name-changed")
    public static let emailChanged = AuditAction(rawValue: "email-changed")
    public static let passwordChanged = AuditAction(rawValue: "password-changed")
    public static let passwordReset = AuditAction(rawValue: "password-reset")
    public static let linkMade = AuditAction(rawValue: "link-made")
    public static let roleChanged = AuditAction(rawValue: "role-changed")
    public static let secondFactorAdded = AuditAction(rawValue: "second-factor-added")
    public static let secondFactorRemoved = AuditAction(rawValue: "second-factor-removed")
    public static let recoveryCodesMade = AuditAction(rawValue: "recovery-codes-made")
    public static let recoveryCodeUsed = AuditAction(rawValue: "recovery-code-used")
    /// Something that the gateway was asked on somebody's behalf.
    public static let gatewayCalled = AuditAction(rawValue: "gateway-called")
}

public import FoundationEssentials

/// A browser or program that is signed in.
public struct Session: Sendable, Equatable, Identifiable {
    /// What pages and addresses call it; says nothing about its token.
    public let id: UUID
    public let userID: UUID
    /// SHA-256 over the token, which only the browser has.
    public let tokenHash: [UInt8]
    public let createdAt: Date
    public var lastSeenAt: Date
    /// When it ends however much it is used.
    public let expiresAt: Date
    public let method: SignInMethod
    /// Where it was last used from, as far as known.
    public var address: String?
    /// What the browser said of itself at sign-in; 512 bytes at most.
    public let userAgent: String

    public init(
        id: UUID, userID: UUID, tokenHash: [UInt8], createdAt: Date, lastSeenAt: Date, expiresAt: Date, method: SignInMethod, address: String?,
        userAgent: String
    ) {
        self.id = id
        self.userID = userID
        self.tokenHash = tokenHash
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.method = method
        self.address = address
        self.userAgent = userAgent
    }

    public func isLive(at now: Date, _ limits: SessionLimits) -> Bool {
        now < expiresAt && now < lastSeenAt.addingTimeInterval(limits.idle)
    }
}

/// How somebody proved who they are.
public enum SignInMethod: String, Sendable, Codable, CaseIterable {
    case password
    /// With a code of the second factor.
    case passwordAndCode
    case passwordAndRecoveryCode
    /// A link that works once: the first administrator's, an invitation, a reset.
    case link
}

/// How long sessions live (OWASP, "Session Management"), in seconds.
public struct SessionLimits: Sendable {
    /// Without a request.
    public var idle: TimeInterval = 14 * 86_400
    public var absolute: TimeInterval = 60 * 86_400
    /// A session is written again when it was last seen longer ago than this.
    public var touchInterval: TimeInterval = 60

    public init() {}
}

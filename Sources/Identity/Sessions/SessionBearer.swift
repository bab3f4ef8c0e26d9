public import FoundationEssentials

/// A session, with what of its account decides about it; no secret of either.
public struct SessionBearer: Sendable, Equatable {
    public var session: Session
    public let email: EmailAddress
    public let name: String
    public let role: Role
    public let lockedAt: Date?
    public let passwordChangedAt: Date?

    public init(session: Session, email: EmailAddress, name: String, role: Role, lockedAt: Date?, passwordChangedAt: Date?) {
        self.session = session
        self.email = email
        self.name = name
        self.role = role
        self.lockedAt = lockedAt
        self.passwordChangedAt = passwordChangedAt
    }

    /// - Parameter user: whose session it is.
    public init(_ session: Session, of user: User) {
        self.init(
            session: session, email: user.email, name: user.name, role: user.role, lockedAt: user.lockedAt,
            passwordChangedAt: user.passwordChangedAt)
    }

    /// Whether the session lives and its person is let in.
    public func isAdmitted(at now: Date, _ limits: SessionLimits) -> Bool {
        // One begun before the password was changed was missed when the others were ended.
        session.isLive(at: now, limits) && lockedAt == nil && !(passwordChangedAt.map { session.createdAt < $0 } ?? false)
    }

    /// Whether its use is to be noted.
    func isDue(at now: Date, _ limits: SessionLimits) -> Bool { now.timeIntervalSince(session.lastSeenAt) > limits.touchInterval }
}

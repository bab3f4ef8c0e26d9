public import FoundationEssentials

/// Whose session a token is, as it was known at one moment.
public struct KnownVisit: Sendable {
    public let bearer: SessionBearer
    let mark: SessionMark
}

/// A session, with what of its account decides about it; no secret of either.
///
/// A reference: it is found for every request, and is more than a few words.
public final class SessionBearer: Sendable, Equatable {
    public let session: Session
    /// ``Session/userID`` as a text.
    public let userID: String
    public let email: EmailAddress
    public let name: String
    public let role: Role
    public let lockedAt: Date?
    public let passwordChangedAt: Date?

    public init(session: Session, email: EmailAddress, name: String, role: Role, lockedAt: Date?, passwordChangedAt: Date?) {
        self.session = session
        userID = session.userID.uuidString
        self.email = email
        self.name = name
        self.role = role
        self.lockedAt = lockedAt
        self.passwordChangedAt = passwordChangedAt
    }

    /// - Parameter user: whose session it is.
    public convenience init(_ session: Session, of user: User) {
        self.init(
            session: session, email: user.email, name: user.name, role: user.role, lockedAt: user.lockedAt,
            passwordChangedAt: user.passwordChangedAt)
    }

    public static func == (one: SessionBearer, other: SessionBearer) -> Bool {
        one === other
            || one.session == other.session && one.email == other.email && one.name == other.name && one.role == other.role
                && one.lockedAt == other.lockedAt && one.passwordChangedAt == other.passwordChangedAt
    }

    /// Whether the session lives and its person is let in.
    public func isAdmitted(at now: Date, _ limits: SessionLimits) -> Bool {
        // One begun before the password was changed was missed when the others were ended.
        session.isLive(at: now, limits) && lockedAt == nil && !(passwordChangedAt.map { session.createdAt < $0 } ?? false)
    }

    /// Whether its use is to be noted.
    func isDue(at now: Date, _ limits: SessionLimits) -> Bool { now.timeIntervalSince(session.lastSeenAt) > limits.touchInterval }
}

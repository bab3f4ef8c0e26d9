import FoundationEssentials
import Identity

/// A session with its account as Redis holds it, in JSON; times in milliseconds since 1970.
struct BearerEntry: Codable {
    private let id: UUID
    private let userID: UUID
    private let tokenHash: Data
    private let createdAt: Int64
    private let lastSeenAt: Int64
    private let expiresAt: Int64
    private let method: String
    private let address: String?
    private let userAgent: String
    private let email: String
    private let name: String
    private let role: String
    private let lockedAt: Int64?
    private let passwordChangedAt: Int64?

    init(_ bearer: SessionBearer) {
        let session = bearer.session
        id = session.id
        userID = session.userID
        tokenHash = Data(session.tokenHash)
        createdAt = Self.milliseconds(session.createdAt)
        lastSeenAt = Self.milliseconds(session.lastSeenAt)
        expiresAt = Self.milliseconds(session.expiresAt)
        method = session.method.rawValue
        address = session.address
        userAgent = session.userAgent
        email = bearer.email.text
        name = bearer.name
        role = bearer.role.rawValue
        lockedAt = bearer.lockedAt.map(Self.milliseconds)
        passwordChangedAt = bearer.passwordChangedAt.map(Self.milliseconds)
    }

    /// `nil` where a word in it is not known here.
    var bearer: SessionBearer? {
        guard let method = SignInMethod(rawValue: method), let role = Role(rawValue: role), let email = EmailAddress(email) else { return nil }
        let session = Session(
            id: id, userID: userID, tokenHash: Array(tokenHash), createdAt: Self.date(createdAt), lastSeenAt: Self.date(lastSeenAt),
            expiresAt: Self.date(expiresAt), method: method, address: address, userAgent: userAgent)
        return SessionBearer(
            session: session, email: email, name: name, role: role, lockedAt: lockedAt.map(Self.date),
            passwordChangedAt: passwordChangedAt.map(Self.date))
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded()) }
    private static func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

public import FoundationEssentials

/// One account, for administrators.
public struct PersonPage: Sendable, Equatable {
    public var id: String
    public var name: String
    public var email: String
    /// In words: `Author`.
    public var role: String
    public var roles: [Choice]
    public var memberSince: Date
    public var hasPassword: Bool
    public var hasSecondFactor: Bool
    public var lockedAt: Date?
    /// In any order, as in ``SessionList``.
    public var sessions: [SessionEntry] = []
    /// Whether it is the administrator's own: then it is changed on its own pages, and neither locked nor deleted here.
    public var isViewer = false
    /// The account's address, typed to delete it.
    public var confirmation = FormField()
    public var notice: PageNotice?
    public var summary: String?

    public init(
        id: String, name: String, email: String, role: String, roles: [Choice], memberSince: Date, hasPassword: Bool, hasSecondFactor: Bool,
        lockedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.role = role
        self.roles = roles
        self.memberSince = memberSince
        self.hasPassword = hasPassword
        self.hasSecondFactor = hasSecondFactor
        self.lockedAt = lockedAt
    }
}

public import FoundationEssentials

/// Everybody who has an account, for administrators.
public struct PeoplePage: Sendable, Equatable {
    public struct Person: Sendable, Equatable {
        public enum State: Sendable, Equatable {
            case active
            case locked
            /// Has no password yet.
            case waiting
        }

        public var id: String
        public var name: String
        public var email: String
        /// In words: `Author`.
        public var role: String
        public var state: State
        public var lastSeenAt: Date?
        public var isViewer: Bool

        public init(id: String, name: String, email: String, role: String, state: State = .active, lastSeenAt: Date? = nil, isViewer: Bool = false) {
            self.id = id
            self.name = name
            self.email = email
            self.role = role
            self.state = state
            self.lastSeenAt = lastSeenAt
            self.isViewer = isViewer
        }
    }

    public var people: [Person]
    /// What was searched for; empty for everybody.
    public var query = ""
    /// Address of the next page.
    public var next: String?
    /// Whether there are people before these.
    public var isLaterPage = false
    /// Whom to invite; may stay empty.
    public var invitationEmail = FormField()
    public var invitationRoles: [Choice]
    public var notice: PageNotice?
    public var summary: String?

    public init(_ people: [Person], invitationRoles: [Choice]) {
        self.people = people
        self.invitationRoles = invitationRoles
    }
}

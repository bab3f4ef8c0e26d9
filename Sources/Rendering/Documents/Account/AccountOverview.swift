public import FoundationEssentials

/// The own account with everything that can be changed in it.
public struct AccountOverview: Sendable, Equatable {
    public enum SecondFactor: Sendable, Equatable {
        case off
        case on(recoveryCodesLeft: Int)
    }

    public var name: String
    public var email: String
    /// What the person may do, in words: `Administrator`.
    public var role: String
    public var memberSince: Date
    public var passwordChangedAt: Date?
    public var secondFactor: SecondFactor
    /// How many devices are signed in.
    public var sessions: Int
    public var notice: PageNotice?
    public var summary: String?

    // A form is open where one of its fields has an error.
    public var newName = FormField()
    public var newEmail = FormField()
    /// At the password that the new address asks for.
    public var emailPasswordError: String?
    public var currentPasswordError: String?
    public var newPasswordError: String?

    public init(
        name: String, email: String, role: String, memberSince: Date, passwordChangedAt: Date? = nil, secondFactor: SecondFactor = .off,
        sessions: Int
    ) {
        self.name = name
        self.email = email
        self.role = role
        self.memberSince = memberSince
        self.passwordChangedAt = passwordChangedAt
        self.secondFactor = secondFactor
        self.sessions = sessions
        newName.value = name
    }
}

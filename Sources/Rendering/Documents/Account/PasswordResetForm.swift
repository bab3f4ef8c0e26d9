/// The form behind a link that lets somebody choose a new password.
public struct PasswordResetForm: Sendable, Equatable {
    /// Whose password it is.
    public var email: String
    /// The secret of the link.
    public var token: String
    public var passwordError: String?
    public var summary: String?

    public init(email: String, token: String) {
        self.email = email
        self.token = token
    }
}

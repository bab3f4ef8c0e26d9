/// The form that makes an account.
public struct SignUpForm: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// The site has no administrator yet.
        case firstAdministrator
        case invited
        /// Anybody may.
        case open
    }

    public var kind: Kind
    public var name = FormField()
    public var email = FormField()
    /// Whether the invitation names the address, so that it stands there as text.
    public var isEmailFixed = false
    public var passwordError: String?
    /// The secret of the link that led here; empty where anybody may sign up.
    public var token = ""
    public var summary: String?

    public init(_ kind: Kind) { self.kind = kind }
}

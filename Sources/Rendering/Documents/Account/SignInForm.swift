/// The form that begins a session.
public struct SignInForm: Sendable, Equatable {
    public var email = FormField()
    public var passwordError: String?
    /// Where to go afterwards: a path of this site.
    public var next = ""
    /// One sentence above the form about what is wrong.
    public var summary: String?
    public var notice: PageNotice?
    /// Whether anybody may make an account.
    public var isSignUpOpen = false

    public init() {}
}

/// The second step, where the person has a second factor: sends `code`, or `recovery`.
public struct SignInCodeForm: Sendable, Equatable {
    /// Proof that the password was right.
    public var token: String
    public var next: String
    public var codeError: String?
    public var recoveryError: String?
    public var summary: String?

    public init(token: String, next: String = "") {
        self.token = token
        self.next = next
    }
}

/// The form that deletes the own account.
public struct DeletionForm: Sendable, Equatable {
    /// The account's address, typed once more.
    public var confirmation = FormField()
    public var passwordError: String?
    public var summary: String?
    /// Why the account has to stay: it is the last administrator's, say. Then there is no form.
    public var obstacle: String?

    public init() {}
}

/// Who looks at a page of the account area, as far as its frame shows.
public struct AccountViewer: Sendable, Equatable {
    public var name: String
    /// The account's own address; forms that take a password tell it to password managers.
    public var email: String
    public var isAdmin: Bool

    public init(name: String, email: String, isAdmin: Bool) {
        self.name = name
        self.email = email
        self.isAdmin = isAdmin
    }
}

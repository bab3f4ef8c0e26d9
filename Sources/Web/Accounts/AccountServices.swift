public import Identity

/// What the pages of accounts need from outside.
public struct AccountServices: Sendable {
    public let accounts: Accounts
    /// An image of a text that cameras read, as SVG; `nil` where it cannot be drawn.
    public let drawCode: @Sendable (String) -> String?

    public init(accounts: Accounts, drawCode: @escaping @Sendable (String) -> String?) {
        self.accounts = accounts
        self.drawCode = drawCode
    }
}

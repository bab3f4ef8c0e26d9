public import FoundationEssentials

/// What happened to an account, for its person.
public struct ActivityPage: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public var at: Date
        /// `You signed in with a password.`
        public var text: String
        public var device: String?
        public var address: String?
        /// Whether it was tried and not done.
        public var isRefused: Bool

        public init(at: Date, text: String, device: String? = nil, address: String? = nil, isRefused: Bool = false) {
            self.at = at
            self.text = text
            self.device = device
            self.address = address
            self.isRefused = isRefused
        }
    }

    /// The newest first.
    public var entries: [Entry]
    /// Address of the page with older entries.
    public var older: String?
    /// Whether there are newer entries than these.
    public var isOlderPage: Bool

    public init(_ entries: [Entry], older: String? = nil, isOlderPage: Bool = false) {
        self.entries = entries
        self.older = older
        self.isOlderPage = isOlderPage
    }
}

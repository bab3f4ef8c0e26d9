public import FoundationEssentials

/// The audit trail, for administrators.
public struct AuditPage: Sendable, Equatable {
    /// Somebody in the trail.
    public struct Person: Sendable, Equatable {
        /// `nil` for strangers, and for the command line.
        public var id: String?
        /// The address, or words for somebody who has no account any more: `A deleted account`.
        public var name: String

        public init(id: String? = nil, name: String) {
            self.id = id
            self.name = name
        }
    }

    public struct Entry: Sendable, Equatable {
        public var at: Date
        /// In words: `Password changed`.
        public var action: String
        public var isRefused: Bool
        public var actor: Person
        /// Whose account it is about; `nil` where that is the actor's own.
        public var subject: Person?
        public var address: String?
        public var device: String?
        /// Short texts: `role: author`.
        public var details: [String]
        public var requestID: String?

        public init(
            at: Date, action: String, isRefused: Bool = false, actor: Person, subject: Person? = nil, address: String? = nil,
            device: String? = nil, details: [String] = [], requestID: String? = nil
        ) {
            self.at = at
            self.action = action
            self.isRefused = isRefused
            self.actor = actor
            self.subject = subject
            self.address = address
            self.device = device
            self.details = details
            self.requestID = requestID
        }
    }

    /// What to show; the first choice of each list stands for everything.
    public struct Filter: Sendable, Equatable {
        public var actions: [Choice]
        public var outcomes: [Choice]
        /// An e-mail address.
        public var person = FormField()
        /// A network address.
        public var address = FormField()
        /// Whether anything is left out.
        public var isActive = false

        public init(actions: [Choice], outcomes: [Choice]) {
            self.actions = actions
            self.outcomes = outcomes
        }
    }

    /// The newest first.
    public var entries: [Entry]
    public var filter: Filter
    /// Address of the page with older entries.
    public var older: String?
    /// Address of the page with the newest entries, where these are not they.
    public var newest: String?
    public var summary: String?

    public init(_ entries: [Entry], filter: Filter) {
        self.entries = entries
        self.filter = filter
    }
}

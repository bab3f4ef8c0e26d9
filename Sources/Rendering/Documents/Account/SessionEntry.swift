public import FoundationEssentials

/// A device that is signed in.
public struct SessionEntry: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case computer, phone, tablet, program }

    public var id: String
    public var kind: Kind
    /// `Firefox on Linux`
    public var device: String
    public var address: String?
    public var signedInAt: Date
    /// How, as the end of “Signed in …”: `with a password and a code`.
    public var method: String
    public var lastSeenAt: Date
    /// When it ends however much it is used.
    public var endsAt: Date
    /// What the browser says of itself.
    public var userAgent: String
    /// Whether it is the one that asks.
    public var isCurrent: Bool
    /// Whether it began since the person last looked, on a device not known before.
    public var isNew: Bool

    public init(
        id: String, kind: Kind, device: String, address: String?, signedInAt: Date, method: String, lastSeenAt: Date, endsAt: Date,
        userAgent: String, isCurrent: Bool = false, isNew: Bool = false
    ) {
        self.id = id
        self.kind = kind
        self.device = device
        self.address = address
        self.signedInAt = signedInAt
        self.method = method
        self.lastSeenAt = lastSeenAt
        self.endsAt = endsAt
        self.userAgent = userAgent
        self.isCurrent = isCurrent
        self.isNew = isNew
    }
}

/// All devices of one person.
public struct SessionList: Sendable, Equatable {
    /// In any order: the current one is shown first, then those seen last.
    public var entries: [SessionEntry]
    public var notice: PageNotice?

    public init(_ entries: [SessionEntry], notice: PageNotice? = nil) {
        self.entries = entries
        self.notice = notice
    }
}

public import FoundationEssentials

/// One agent of the gateway.
public struct AgentEntry: Sendable, Equatable {
    public var id: String
    public var name: String
    /// A picture made of a character; the name says the same.
    public var emblem: String?
    public var model: String?
    public var isDefault: Bool
    /// Conversations in which it works just now.
    public var running: Int
    /// All that are known; `nil` where they are not.
    public var conversations: Int?
    public var lastActiveAt: Date?

    public init(
        id: String, name: String, emblem: String? = nil, model: String? = nil, isDefault: Bool = false, running: Int = 0, conversations: Int? = nil,
        lastActiveAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.emblem = emblem
        self.model = model
        self.isDefault = isDefault
        self.running = running
        self.conversations = conversations
        self.lastActiveAt = lastActiveAt
    }
}

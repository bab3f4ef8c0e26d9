public import FoundationEssentials

/// One session of the gateway: what was said in one place to one agent.
public struct ConversationEntry: Sendable, Equatable {
    public var key: String
    public var agent: String
    public var title: String
    /// The beginning of what was said last.
    public var preview: String?
    /// Where it takes place: `telegram`.
    public var channel: String?
    public var tone: StateTone
    /// `Working`, `Quiet`, `Failed`
    public var state: String
    public var updatedAt: Date?
    /// `12 k tokens`
    public var size: String?

    public init(
        key: String, agent: String, title: String, preview: String? = nil, channel: String? = nil, tone: StateTone, state: String,
        updatedAt: Date? = nil, size: String? = nil
    ) {
        self.key = key
        self.agent = agent
        self.title = title
        self.preview = preview
        self.channel = channel
        self.tone = tone
        self.state = state
        self.updatedAt = updatedAt
        self.size = size
    }
}

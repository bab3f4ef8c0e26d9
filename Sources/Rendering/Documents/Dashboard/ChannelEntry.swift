public import FoundationEssentials

/// One account of a channel: a Telegram bot, a WhatsApp number.
public struct ChannelEntry: Sendable, Equatable {
    public enum Act: String, Sendable {
        case start, stop
    }

    public var channel: String
    public var label: String
    /// `nil` where the channel has one account only.
    public var account: String?
    public var tone: StateTone
    /// In a word or two: `Working`.
    public var state: String
    /// What is wrong, as sentences.
    public var words: [String]
    public var lastInboundAt: Date?
    public var lastOutboundAt: Date?
    /// What an administrator can do with it now.
    public var act: Act?

    public init(
        channel: String, label: String, account: String? = nil, tone: StateTone, state: String, words: [String] = [], lastInboundAt: Date? = nil,
        lastOutboundAt: Date? = nil, act: Act? = nil
    ) {
        self.channel = channel
        self.label = label
        self.account = account
        self.tone = tone
        self.state = state
        self.words = words
        self.lastInboundAt = lastInboundAt
        self.lastOutboundAt = lastOutboundAt
        self.act = act
    }
}

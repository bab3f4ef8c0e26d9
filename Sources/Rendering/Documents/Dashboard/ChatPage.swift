public import FoundationEssentials

/// A conversation with an agent.
public struct ChatPage: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public enum Speaker: String, Sendable {
            case person, agent, tool, system
        }

        public var speaker: Speaker
        /// Who says it, in words.
        public var name: String
        /// Safe HTML, which goes out as it is.
        public var html: String
        /// Plain text instead of ``html``, where that is empty.
        public var text: String
        public var at: Date?
        /// Tools that the agent used for it, by name.
        public var tools: [String]
        /// Why it is not complete.
        public var error: String?

        public init(
            _ speaker: Speaker, name: String, html: String = "", text: String = "", at: Date? = nil, tools: [String] = [], error: String? = nil
        ) {
            self.speaker = speaker
            self.name = name
            self.html = html
            self.text = text
            self.at = at
            self.tools = tools
            self.error = error
        }
    }

    public var frame: DashboardFrame
    public var agent: String
    public var agentName: String
    public var session: String
    /// Leads to a conversation that nobody has begun yet.
    public var newSession: String
    /// The newest last; `nil` where they are not known just now.
    public var entries: [Entry]?
    /// Whether there is more before the first of them.
    public var isCut = false
    /// Whether an answer is being written.
    public var isRunning = false
    /// Which one; may be unknown.
    public var run: String?
    /// What was written and not sent.
    public var draft = FormField()
    /// Sent with the form, so that what is sent twice is said once.
    public var draftID: String

    public init(_ frame: DashboardFrame, agent: String, agentName: String, session: String, newSession: String, draftID: String) {
        self.frame = frame
        self.agent = agent
        self.agentName = agentName
        self.session = session
        self.newSession = newSession
        self.draftID = draftID
    }
}

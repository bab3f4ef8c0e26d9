public import FoundationEssentials
public import Gateway
public import Identity
public import NIOCore
public import Rendering

/// What the dashboard and the page of the stack's state need from outside.
public struct DashboardServices: Sendable {
    /// A workflow that the stack keeps.
    public struct Workflow: Sendable, Equatable {
        public var id: String
        public var name: String
        public var state: String?
        public var updatedAt: Date?

        public init(id: String, name: String, state: String? = nil, updatedAt: Date? = nil) {
            self.id = id
            self.name = name
            self.state = state
            self.updatedAt = updatedAt
        }
    }

    public let link: GatewayLink
    public let events: RecentEvents
    /// Throws `StoreUnavailable`; `nil` where no store keeps any.
    public let workflows: (@Sendable () async throws -> [Workflow])?
    /// Markdown that nobody has checked, as HTML that is safe whatever it holds.
    public let renderMarkdown: @Sendable (String) -> String
    /// Writes a line of the audit trail; never with what was said.
    public let audit: @Sendable (AuditAction, Accounts.Visitor, Client, [String: String]) async -> Void
    /// For everybody to see: no addresses, no reasons. Asked at most once in two seconds.
    public let parts: @Sendable () async -> [StatusBoard.Part]
    public let now: @Sendable () -> Date
    public let makeID: @Sendable () -> UUID
    public let pause: @Sendable (Duration) async throws -> Void
    /// As in ``GatewayServices``.
    public let watch: @Sendable (any Channel, @escaping @Sendable () -> Void) -> Void

    public init(
        link: GatewayLink, events: RecentEvents, workflows: (@Sendable () async throws -> [Workflow])?,
        renderMarkdown: @escaping @Sendable (String) -> String,
        audit: @escaping @Sendable (AuditAction, Accounts.Visitor, Client, [String: String]) async -> Void,
        parts: @escaping @Sendable () async -> [StatusBoard.Part], now: @escaping @Sendable () -> Date, makeID: @escaping @Sendable () -> UUID,
        pause: @escaping @Sendable (Duration) async throws -> Void, watch: @escaping @Sendable (any Channel, @escaping @Sendable () -> Void) -> Void
    ) {
        self.link = link
        self.events = events
        self.workflows = workflows
        self.renderMarkdown = renderMarkdown
        self.audit = audit
        self.parts = parts
        self.now = now
        self.makeID = makeID
        self.pause = pause
        self.watch = watch
    }
}

extension AuditAction {
    static let messageSent = AuditAction(rawValue: "message-sent")
    static let answerStopped = AuditAction(rawValue: "answer-stopped")
    static let channelStarted = AuditAction(rawValue: "channel-started")
    static let channelStopped = AuditAction(rawValue: "channel-stopped")
    static let jobRun = AuditAction(rawValue: "job-run")
}

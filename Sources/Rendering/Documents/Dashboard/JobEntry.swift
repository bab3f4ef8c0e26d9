public import FoundationEssentials

/// One scheduled job.
public struct JobEntry: Sendable, Equatable {
    public var id: String
    public var name: String
    public var agent: String?
    /// `Every 15 minutes`
    public var schedule: String
    public var tone: StateTone
    /// `Waits`, `Runs now`, `Failed`, `Turned off`
    public var state: String
    public var nextRunAt: Date?
    public var lastRunAt: Date?
    /// Of the last run.
    public var error: String?

    public init(
        id: String, name: String, agent: String? = nil, schedule: String, tone: StateTone, state: String, nextRunAt: Date? = nil,
        lastRunAt: Date? = nil, error: String? = nil
    ) {
        self.id = id
        self.name = name
        self.agent = agent
        self.schedule = schedule
        self.tone = tone
        self.state = state
        self.nextRunAt = nextRunAt
        self.lastRunAt = lastRunAt
        self.error = error
    }
}

/// The first page of the dashboard; lists that are `nil` are not known just now.
public struct DashboardOverview: Sendable, Equatable {
    public var frame: DashboardFrame
    public var agents: [AgentEntry]?
    public var channels: [ChannelEntry]?
    /// The next ones first.
    public var jobs: [JobEntry]?
    public var happenings: [HappeningEntry]

    public init(
        _ frame: DashboardFrame, agents: [AgentEntry]? = nil, channels: [ChannelEntry]? = nil, jobs: [JobEntry]? = nil,
        happenings: [HappeningEntry] = []
    ) {
        self.frame = frame
        self.agents = agents
        self.channels = channels
        self.jobs = jobs
        self.happenings = happenings
    }
}

/// A page of the dashboard that shows one list; `nil` where it is not known just now.
public struct DashboardList<Entry: Sendable & Equatable>: Sendable, Equatable {
    public var frame: DashboardFrame
    public var entries: [Entry]?
    /// What is searched for; empty for everything.
    public var query = ""

    public init(_ frame: DashboardFrame, _ entries: [Entry]?) {
        self.frame = frame
        self.entries = entries
    }
}

/// Workflows come from a store of the stack, not from the gateway.
public struct WorkflowsPage: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case known([WorkflowEntry])
        /// The store does not answer.
        case unavailable
        /// There is no store that keeps any.
        case none
    }

    public var frame: DashboardFrame
    public var state: State

    public init(_ frame: DashboardFrame, _ state: State) {
        self.frame = frame
        self.state = state
    }
}

/// The end of the gateway's log.
public struct LogsPage: Sendable, Equatable {
    public var frame: DashboardFrame
    /// The newest last, as logs are; `nil` where they are not known just now.
    public var entries: [LogEntry]?
    /// Whether only what went wrong is shown.
    public var isTroubleOnly: Bool
    /// Whether there is more before the first line.
    public var isCut: Bool

    public init(_ frame: DashboardFrame, _ entries: [LogEntry]?, isTroubleOnly: Bool = false, isCut: Bool = false) {
        self.frame = frame
        self.entries = entries
        self.isTroubleOnly = isTroubleOnly
        self.isCut = isCut
    }
}

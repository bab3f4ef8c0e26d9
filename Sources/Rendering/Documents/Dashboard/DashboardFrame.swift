/// What every page of the dashboard has around its own part.
public struct DashboardFrame: Sendable, Equatable {
    /// Of the connection to the gateway.
    public var tone: StateTone
    /// In words: `Connected to the gateway`.
    public var state: String
    /// The gateway's, where it is known.
    public var version: String?
    /// Each once.
    public var problems: [GatewayNotice]
    /// What was just done.
    public var notice: PageNotice?
    /// Why something was not done, as a sentence or two.
    public var summary: String?

    public init(_ tone: StateTone, _ state: String, version: String? = nil, problems: [GatewayNotice] = []) {
        self.tone = tone
        self.state = state
        self.version = version
        self.problems = problems
    }
}

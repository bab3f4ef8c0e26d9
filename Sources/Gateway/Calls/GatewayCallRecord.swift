/// One call, for the audit trail and the metrics: who, what, result, duration; never what was said.
public struct GatewayCallRecord: Sendable {
    public let callerID: String
    public let requestID: String
    /// The entry of the role table: `POST v1/chat/completions`, `ws chat.send`.
    public let route: String
    /// As the caller got it; 101 for a socket, 499 where the caller went away.
    public let status: Int
    /// ``GatewayProblem/Kind`` where there was one.
    public let problem: GatewayProblem.Kind?
    public let duration: Duration

    public init(callerID: String, requestID: String, route: String, status: Int, problem: GatewayProblem.Kind?, duration: Duration) {
        self.callerID = callerID
        self.requestID = requestID
        self.route = route
        self.status = status
        self.problem = problem
        self.duration = duration
    }
}

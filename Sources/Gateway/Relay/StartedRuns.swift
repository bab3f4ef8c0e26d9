/// What the agents still do for a socket: the runs that its requests started and that have not ended.
struct StartedRuns {
    struct Run: Equatable {
        /// The gateway's name for it.
        var id: String
        let sessionKey: String
        let agentID: String?
        fileprivate let request: String
    }

    /// Of more, the oldest are forgotten: their ends may have been lost.
    private static let limit = 256
    private(set) var all: [Run] = []

    /// - Parameter key: what makes the request unique, and names its run unless the gateway says otherwise.
    mutating func begin(request: String, sessionKey: String, agentID: String?, key: String) {
        if all.count >= Self.limit { all.removeFirst() }
        all.append(Run(id: key, sessionKey: sessionKey, agentID: agentID, request: request))
    }

    mutating func accept(request: String, runID: String?, status: String?) {
        guard let index = all.firstIndex(where: { $0.request == request }) else { return }
        if ["ok", "error", "timeout", "aborted"].contains(status) {
            all.remove(at: index)
        } else if let runID {
            all[index].id = runID
        }
    }

    mutating func refuse(request: String) { all.removeAll { $0.request == request } }

    mutating func hear(runID: String, state: String) {
        if state == "final" || state == "aborted" || state == "error" { all.removeAll { $0.id == runID } }
    }
}

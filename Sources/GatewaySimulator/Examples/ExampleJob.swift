import JSON

/// A job that runs by the clock.
struct ExampleJob: Sendable {
    struct Run: Sendable {
        let id: String
        let time: Int
        let milliseconds: Int
        let status: String
        let error: String?
    }

    let id: String
    let name: String
    let agentID: String
    let schedule: JSONValue
    let message: String
    let isEnabled: Bool
    /// Milliseconds between two runs.
    let interval: Int
    var next: Int
    var runs: [Run]

    /// As `cron.list` tells it.
    var json: JSONValue {
        var state: [String: JSONValue] = ["consecutiveErrors": .integer(runs.reversed().prefix { $0.status == "error" }.count)]
        if isEnabled { state["nextRunAtMs"] = .integer(next) }
        if let last = runs.last {
            state["lastRunAtMs"] = .integer(last.time)
            state["lastRunStatus"] = .string(last.status)
            state["lastDurationMs"] = .integer(last.milliseconds)
            if let error = last.error { state["lastError"] = .string(error) }
        }
        return [
            "id": .string(id), "agentId": .string(agentID), "name": .string(name), "enabled": .bool(isEnabled), "schedule": schedule,
            "sessionTarget": "isolated", "wakeMode": "now", "payload": ["kind": "agentTurn", "message": .string(message)],
            "createdAtMs": .integer(1_788_000_000_000), "updatedAtMs": .integer(runs.last?.time ?? 1_788_000_000_000), "state": .object(state),
        ]
    }

    func json(_ run: Run) -> JSONValue {
        var members: [String: JSONValue] = [
            "jobId": .string(id), "runId": .string(run.id), "action": "finished", "ts": .integer(run.time + run.milliseconds),
            "runAtMs": .integer(run.time), "durationMs": .integer(run.milliseconds), "status": .string(run.status),
            "summary": .string(run.error ?? "\(name): done (simulated)"),
        ]
        if let error = run.error { members["error"] = .string(error) }
        return .object(members)
    }
}

import JSON
import NIOCore
import Synchronization

extension SimulatorCore {
    /// What a method answers, and when.
    struct Answer {
        let payload: JSONValue
        var delay: Duration = .zero
    }

    /// Does everything that needs no socket of its own.
    func answer(_ method: String, _ params: JSONValue, scopes: OperatorScopes, over place: SimulatorMethod.Place) throws(MethodProblem) -> Answer {
        guard let known = SimulatorMethod.all[method] else {
            if SimulatorMethod.notSimulated.contains(method) {
                throw MethodProblem(code: "UNAVAILABLE", message: "\(method) is not simulated")
            }
            throw .invalid("unknown method: \(method)")
        }
        if place == .both, known.place == .socket { throw .invalid("method not allowed over admin rpc: \(method)") }
        if let scope = known.scope, !scopes.allow(scope) { throw .missing(scope: scope) }
        if let parameters = known.parameters, let extra = params.object.keys.filter({ !parameters.contains($0) }).min() {
            throw .invalid("invalid \(method) params: at root: unexpected property '\(extra)'")
        }
        calls.add(method)
        let delay = method == "usage.cost" ? configuration.usageCostTime : .zero
        return Answer(payload: try payload(method, params), delay: delay)
    }

    private func payload(_ method: String, _ params: JSONValue) throws(MethodProblem) -> JSONValue {
        switch method {
        case "health": return world.health(now: now)
        case "status": return status
        case "agents.list":
            return ["defaultId": "main", "mainKey": "main", "scope": "per-sender", "agents": .array(ExampleAgent.all.map(\.json))]
        case "agent.identity.get": return identity(params)
        case "system-presence": return .array(presence)
        case "last-heartbeat": return ["ts": .integer(now - 120_000), "status": "ok-empty", "agentId": "main"]
        case "models.list": return models
        case "models.authStatus": return ["providers": [["provider": "anthropic", "status": "ok"], ["provider": "openai", "status": "ok"]]]
        case "commands.list":
            return [
                "commands": [
                    ["name": "help", "description": "What the agent can do"], ["name": "new", "description": "Begin a new conversation"],
                    ["name": "stop", "description": "Stop the answer"],
                ]
            ]
        case "node.list": return ["ts": .integer(now), "nodes": []]
        case "exec.approval.list": return ["approvals": []]
        case "update.status": return ["version": .string(Self.version), "updateAvailable": false]
        case "doctor.memory.status": return ["ok": true, "agentId": "main"]
        case "usage.status": return ["updatedAt": .integer(now), "providers": []]
        case "usage.cost": return usageCost
        case "logs.tail": return world.logTail(cursor: params["cursor"]?.int, limit: min(max(params["limit"]?.int ?? 500, 1), 5_000))
        case "tasks.list", "tasks.get", "audit.activity.list": return try ledger(method, params)
        case _ where method.hasPrefix("channels."): return try channels(method, params)
        case _ where method.hasPrefix("cron."): return try cron(method, params)
        default: return try conversations(method, params)
        }
    }

    // MARK: The gateway itself

    private var status: JSONValue {
        let sessions = world.sessions
        return [
            "runtimeVersion": .string(Self.version), "uptimeMs": .integer(uptime), "heartbeat": ["defaultAgentId": "main"],
            "channelSummary": ["Telegram: connected (simulated)", "WhatsApp: logged out (simulated)"], "queuedSystemEvents": [],
            "sessions": ["count": .integer(sessions.count), "recent": .array(sessions.prefix(5).map(\.json))],
        ]
    }

    var presence: [JSONValue] {
        [
            [
                "host": "gateway-simulator", "ip": "127.0.0.1", "version": .string(Self.version), "mode": "gateway", "reason": "self",
                "ts": .integer(now),
            ]
        ]
            + hub.presence
    }

    private func identity(_ params: JSONValue) -> JSONValue {
        let agent = params["agentId"]?.string.flatMap(ExampleAgent.named) ?? ExampleAgent.of(sessionKey: params["sessionKey"]?.string ?? "")
        return ["agentId": .string(agent.id), "name": .string(agent.name), "emoji": .string(agent.emoji), "avatar": .string(agent.emoji)]
    }

    private var models: JSONValue {
        let models: [JSONValue] = ExampleAgent.all.map { agent in
            let parts = agent.model.split(separator: "/").map(String.init)
            return [
                "id": .string(parts[1]), "name": .string("\(parts[1]) (simulated)"), "provider": .string(parts[0]), "contextWindow": 200_000,
                "reasoning": false,
            ]
        }
        return ["models": .array(models)]
    }

    private var usageCost: JSONValue {
        let day = 86_400_000
        let today = now / day * day
        let days: [JSONValue] = (0..<7).map { index in
            let cost = Double(40 + index * 7 % 30) / 100
            let date = String(DateText.iso(today - (6 - index) * day).prefix(10))
            return ["date": .string(date), "totalCost": .number(cost), "totalTokens": .integer(Int(cost * 100_000))]
        }
        let total = days.reduce(0) { $0 + ($1["totalCost"]?.double ?? 0) }
        return [
            "updatedAt": .integer(now), "days": 7, "daily": .array(days),
            "totals": ["totalCost": .number(total), "totalTokens": .integer(Int(total * 100_000))],
        ]
    }

    private func ledger(_ method: String, _ params: JSONValue) throws(MethodProblem) -> JSONValue {
        let limit = min(max(params["limit"]?.int ?? 100, 1), 500)
        func matches(_ entry: JSONValue, _ names: [String]) -> Bool { names.allSatisfy { params[$0] == nil || params[$0] == entry[$0] } }
        switch method {
        case "tasks.get":
            guard let id = params["taskId"] ?? params["id"] else { throw .invalid("invalid tasks.get params: must have taskId") }
            guard let task = world.state.withLock({ $0.tasks.first { $0["id"] == id } }) else { throw .invalid("task not found") }
            return ["task": task]
        case "tasks.list":
            let tasks = world.state.withLock(\.tasks).filter { matches($0, ["status", "agentId", "sessionKey"]) }
            return ["tasks": .array(Array(tasks.prefix(limit)))]
        default:
            let after = params["after"]?.int ?? 0
            let before = params["before"]?.int ?? .max
            let entries = world.state.withLock(\.audit).filter {
                let time = $0["ts"]?.int ?? 0
                return time > after && time < before && matches($0, ["kind", "status", "agentId"])
            }
            return ["entries": .array(entries.suffix(limit).reversed())]
        }
    }

    // MARK: Channels

    private func channels(_ method: String, _ params: JSONValue) throws(MethodProblem) -> JSONValue {
        guard method != "channels.status" else { return channelStatus(only: params["channel"]?.string) }
        guard let id = params["channel"]?.string else { throw .invalid("invalid \(method) params: must have required property 'channel'") }
        let starts = method == "channels.start"
        let change: (known: Bool, configured: Bool) = world.state.withLock { state in
            guard let index = state.channels.firstIndex(where: { $0.id == id }) else { return (false, false) }
            guard state.channels[index].isConfigured else { return (true, false) }
            state.channels[index].isRunning = starts
            return (true, true)
        }
        guard change.known else { throw .invalid("unknown channel: \(id)") }
        guard change.configured else { throw MethodProblem(code: "NOT_LINKED", message: "\(id) is not configured") }
        world.log("channel \(id) \(starts ? "started" : "stopped") (simulated)", subsystem: id, now: now)
        world.note("channel.\(starts ? "start" : "stop")", ["status": "ok", "channel": .string(id)], now: now)
        hub.publish(SimulatorEvent("health", world.health(now: now)))
        return ["channel": .string(id), "accountId": params["accountId"] ?? "default", starts ? "started" : "stopped": true]
    }

    private func channelStatus(only id: String?) -> JSONValue {
        let channels = world.state.withLock(\.channels).filter { id == nil || $0.id == id }
        func byID(_ value: (ExampleChannel) -> JSONValue) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: channels.map { ($0.id, value($0)) }))
        }
        return [
            "ts": .integer(now), "channelOrder": .array(channels.map { .string($0.id) }), "channelLabels": byID { .string($0.label) },
            "channels": byID(\.summary), "channelAccounts": byID { [$0.account(now: now)] }, "channelDefaultAccountId": byID { _ in "default" },
        ]
    }

    // MARK: Jobs

    private func cron(_ method: String, _ params: JSONValue) throws(MethodProblem) -> JSONValue {
        let jobs = world.state.withLock(\.jobs)
        let limit = min(max(params["limit"]?.int ?? 50, 1), 200)
        let offset = max(params["offset"]?.int ?? 0, 0)
        switch method {
        case "cron.status":
            let next = jobs.filter(\.isEnabled).map(\.next).min()
            return ["enabled": true, "jobs": .integer(jobs.count), "nextWakeAtMs": next.map { .integer($0) } ?? .null]
        case "cron.list":
            let enabled = params["enabled"]?.string ?? "all"
            let found = jobs.filter { enabled == "all" || (enabled == "enabled") == $0.isEnabled }
                .filter { params["agentId"]?.string == nil || params["agentId"]?.string == $0.agentID }
                .filter { job in params["query"]?.string.map { job.name.lowercased().contains($0.lowercased()) } ?? true }
            let page = found.dropFirst(offset).prefix(limit)
            return [
                "jobs": .array(page.map(\.json)), "total": .integer(found.count), "offset": .integer(offset), "limit": .integer(limit),
                "hasMore": .bool(offset + page.count < found.count),
            ]
        case "cron.get":
            guard let job = jobs.first(where: { $0.id == params["id"]?.string }) else { throw .invalid("unknown cron job id") }
            return job.json
        case "cron.runs":
            let chosen = jobs.filter { params["id"]?.string == nil || params["id"]?.string == $0.id }
            let runs = chosen.flatMap { job in job.runs.map { (time: $0.time, json: job.json($0)) } }.sorted { $0.time > $1.time }
            return ["entries": .array(runs.dropFirst(offset).prefix(limit).map(\.json)), "total": .integer(runs.count)]
        default:
            guard let id = params["id"]?.string, let events = world.runJob(id, now: now) else { throw .invalid("unknown cron job id") }
            world.note("cron.run", ["status": events.last?.payload["status"] ?? "ok", "jobId": .string(id)], now: now)
            for event in events { hub.publish(event) }
            return ["ok": true, "enqueued": true, "runId": events.last?.payload["runId"] ?? .null]
        }
    }
}

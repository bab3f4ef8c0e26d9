import JSON
import NIOCore
import NIOPosix
import Synchronization

extension SimulatorCore {
    /// The methods of sessions and of chats.
    func conversations(_ method: String, _ params: JSONValue) throws(MethodProblem) -> JSONValue {
        switch method {
        case "sessions.list": return sessionList(params)
        case "sessions.preview": return ["sessions": .array(world.sessions.prefix(10).map(\.json))]
        case "sessions.usage": return ["sessions": .array(world.sessions.map(\.json)), "updatedAt": .integer(now)]
        case "sessions.reset", "sessions.delete":
            guard let key = params["key"]?.string else { throw .invalid("invalid \(method) params: must have required property 'key'") }
            for run in runs.runs(of: key) { run.abort() }
            if method == "sessions.delete" {
                world.state.withLock { _ = $0.sessions.removeValue(forKey: key) }
            } else {
                _ = world.change(key, now: now) { $0.messages = [] }
            }
            hub.publish(
                SimulatorEvent(
                    "sessions.changed", ["sessionKey": .string(key), "reason": .string(String(method.dropFirst(9)))], audience: .sessionList))
            return ["ok": true, "key": .string(key)]
        case "chat.history": return try history(params)
        case "chat.send": return try send(params)
        case "chat.abort":
            let key = try sessionKey(method, params)
            let wanted = params["runId"]?.string
            let ids = runs.runs(of: key).filter { wanted == nil || $0.id == wanted }.filter { $0.abort() }.map(\.id)
            return ["ok": true, "aborted": .bool(!ids.isEmpty), "runIds": .array(ids.map { .string($0) })]
        default: throw .invalid("unknown method: \(method)")
        }
    }

    private func sessionKey(_ method: String, _ params: JSONValue) throws(MethodProblem) -> String {
        guard let key = params["sessionKey"]?.string, !key.isEmpty else {
            throw .invalid("invalid \(method) params: must have required property 'sessionKey'")
        }
        guard key.utf8.count <= 512 else { throw .invalid("invalid \(method) params: at /sessionKey: must NOT have more than 512 characters") }
        return fullKey(key, agent: params["agentId"]?.string)
    }

    /// `main` stands for the main conversation of an agent.
    private func fullKey(_ key: String, agent: String?) -> String {
        key.hasPrefix("agent:") ? key : "agent:\(agent ?? "main"):\(key)"
    }

    private func sessionList(_ params: JSONValue) -> JSONValue {
        var sessions = world.sessions
        if let agent = params["agentId"]?.string { sessions.removeAll { $0.agentID != agent } }
        if params["excludeCron"]?.bool == true { sessions.removeAll { $0.kind == "cron" } }
        if params["activeOnly"]?.bool == true { sessions.removeAll(where: \.activeRuns.isEmpty) }
        if let minutes = params["activeMinutes"]?.int { sessions.removeAll { $0.updatedAt < now - minutes * 60_000 } }
        if let search = params["search"]?.string?.lowercased(), !search.isEmpty {
            sessions.removeAll { !"\($0.key) \($0.label ?? "")".lowercased().contains(search) }
        }
        let total = sessions.count
        let page = sessions.dropFirst(max(params["offset"]?.int ?? 0, 0)).prefix(max(params["limit"]?.int ?? 100, 1))
        return [
            "ts": .integer(now), "path": "(simulator)", "count": .integer(page.count), "totalCount": .integer(total),
            "defaults": ["modelProvider": "anthropic", "model": "claude-sonnet-4-5", "contextTokens": 200_000],
            "sessions": .array(page.map(\.json)),
        ]
    }

    private func history(_ params: JSONValue) throws(MethodProblem) -> JSONValue {
        let key = try sessionKey("chat.history", params)
        let limit = params["limit"]?.int ?? 200
        guard (1...1_000).contains(limit) else { throw .invalid("invalid chat.history params: at /limit: must be from 1 to 1000") }
        let session = world.session(key)
        let messages = session?.messages ?? []
        let first = max(messages.count - limit - max(params["offset"]?.int ?? 0, 0), 0)
        let last = max(messages.count - max(params["offset"]?.int ?? 0, 0), 0)
        var answer: [String: JSONValue] = [
            "sessionKey": .string(key), "messages": .array((first..<last).compactMap { session?.json(messages[$0], number: $0 + 1) }),
            "hasMore": .bool(first > 0), "thinkingLevel": "off",
        ]
        if let session {
            answer["sessionInfo"] = session.json
            answer["sessionId"] = .string(session.id)
        }
        if first > 0 { answer["nextOffset"] = .integer(messages.count - first) }
        if let run = runs.runs(of: key).first { answer["inFlightRun"] = ["runId": .string(run.id), "text": .string(run.textSoFar)] }
        return .object(answer)
    }

    // MARK: Answers

    private func send(_ params: JSONValue) throws(MethodProblem) -> JSONValue {
        let key = try sessionKey("chat.send", params)
        guard let message = params["message"]?.string else { throw .invalid("invalid chat.send params: must have required property 'message'") }
        guard let runID = params["idempotencyKey"]?.string, !runID.isEmpty else {
            throw .invalid("invalid chat.send params: must have required property 'idempotencyKey'")
        }
        guard !message.isEmpty || !(params["attachments"]?.array ?? []).isEmpty else { throw .invalid("message or attachment required") }
        let agent = ExampleAgent.of(sessionKey: key)
        let telling = ChatTelling(core: self, runID: runID, sessionKey: key, agentID: agent.id)
        let run = SimulatedRun(
            id: runID, sessionKey: key, agentID: agent.id, reply: Reply(to: message, from: agent.name), wordPause: configuration.wordPause,
            loop: MultiThreadedEventLoopGroup.singleton.next(), onEvent: { telling.tell($0) })
        switch runs.add(run) {
        case .finished: return ["runId": .string(runID), "status": "ok"]
        case .inProgress: return ["runId": .string(runID), "status": "in_flight"]
        case .new: break
        }
        telling.begin(message)
        run.start()
        return ["runId": .string(runID), "status": "started"]
    }

    /// The conversation of a call over HTTP; `nil` where it is not to be kept.
    func beginRun(sessionKey: String?, runID: String, message: String) {
        guard let sessionKey else { return }
        let added = world.add(message, role: "user", to: sessionKey, now: now)
        tell(added.message, number: added.number, of: sessionKey)
        _ = world.change(sessionKey, now: now) { $0.activeRuns.append(runID) }
        tellChange(of: sessionKey, reason: "run-started")
    }

    func endRun(sessionKey: String?, runID: String, answer: String, status: String) {
        guard let sessionKey else { return }
        _ = world.change(sessionKey, now: now) { session in
            session.activeRuns.removeAll { $0 == runID }
            session.lastStatus = status
        }
        if !answer.isEmpty {
            let stopReason = status == "killed" ? "aborted" : "stop"
            let added = world.add(answer, role: "assistant", to: sessionKey, now: now, stopReason: stopReason)
            tell(added.message, number: added.number, of: sessionKey)
        }
        let agent = ExampleAgent.of(sessionKey: sessionKey)
        world.log("run \(runID) \(status) (simulated)", level: status == "failed" ? "error" : "info", subsystem: "agent/\(agent.id)", now: now)
        world.note(
            "agent.run", ["status": .string(status == "done" ? "ok" : status), "agentId": .string(agent.id), "sessionKey": .string(sessionKey)],
            now: now)
        tellChange(of: sessionKey, reason: "run-ended")
    }

    private func tell(_ message: JSONValue, number: Int, of sessionKey: String) {
        hub.publish(
            SimulatorEvent(
                "session.message",
                [
                    "sessionKey": .string(sessionKey), "message": message, "messageId": message["__openclaw"]?["id"] ?? .null,
                    "messageSeq": .integer(number),
                ], audience: .session(sessionKey)))
    }

    private func tellChange(of sessionKey: String, reason: String) {
        guard let session = world.session(sessionKey) else { return }
        let change: [String: JSONValue] = ["sessionKey": .string(sessionKey), "reason": .string(reason), "ts": .integer(now)]
        hub.publish(SimulatorEvent("sessions.changed", .object(session.json.object.merging(change) { $1 }), audience: .sessionList))
    }
}

import JSON
import Synchronization

/// Sessions, jobs, channels and the log of a simulated gateway: the same at each start, then as they are changed.
final class SimulatedWorld: Sendable {
    struct State: Sendable {
        var sessions: [String: ExampleSession] = [:]
        var jobs: [ExampleJob] = []
        var channels: [ExampleChannel] = []
        /// The newest 1,000 lines, and how many bytes there were before them.
        var log: [String] = []
        var forgottenLog = 0
        var audit: [JSONValue] = []
        var tasks: [JSONValue] = []
        /// Counts what happens by itself, and runs of jobs.
        var happened = 0
        var jobRuns = 0
    }

    let state: Mutex<State>

    init(now: Int) { state = Mutex(State.examples(now: now)) }

    // MARK: Sessions

    func session(_ key: String) -> ExampleSession? { state.withLock { $0.sessions[key] } }

    /// The newest first.
    var sessions: [ExampleSession] {
        state.withLock { $0.sessions.values.sorted { ($0.updatedAt, $0.key) > ($1.updatedAt, $1.key) } }
    }

    /// - Returns: the message as others are told of it, and its number.
    func add(
        _ text: String, role: String, to key: String, now: Int, stopReason: String? = nil
    ) -> (session: ExampleSession, message: JSONValue, number: Int) {
        state.withLock { state in
            var session = state.sessions[key] ?? ExampleSession(key: key, channel: "webchat", messages: [], now: now)
            let message = ExampleSession.Message(role: role, text: text, time: now, stopReason: stopReason)
            session.messages.append(message)
            session.updatedAt = now
            state.sessions[key] = session
            return (session, session.json(message, number: session.messages.count), session.messages.count)
        }
    }

    /// - Returns: the session as it is then.
    func change(_ key: String, now: Int, _ change: (inout ExampleSession) -> Void) -> ExampleSession {
        state.withLock { state in
            var session = state.sessions[key] ?? ExampleSession(key: key, channel: "webchat", messages: [], now: now)
            change(&session)
            session.updatedAt = now
            state.sessions[key] = session
            return session
        }
    }

    // MARK: The log and what happens

    func log(_ line: String, level: String = "info", subsystem: String = "gateway", now: Int) {
        state.withLock { $0.log(line, level: level, subsystem: subsystem, now: now) }
    }

    func note(_ kind: String, _ details: [String: JSONValue], now: Int) {
        state.withLock { state in
            var entry = details
            entry["id"] = .string("audit-\(state.audit.count + 1)")
            entry["ts"] = .integer(now)
            entry["kind"] = .string(kind)
            state.audit.append(.object(entry))
            if state.audit.count > 500 { state.audit.removeFirst() }
        }
    }

    /// Something happens by itself: in turns a job runs, the log grows, the gateway feels its own pulse.
    func happen(now: Int) -> [SimulatorEvent] {
        let turn = state.withLock { state in
            state.happened += 1
            return state.happened
        }
        switch turn % 3 {
        case 1:
            log("heartbeat ok (simulated)", subsystem: "heartbeat", now: now)
            return [SimulatorEvent("heartbeat", ["ts": .integer(now), "status": "ok-empty", "agentId": "main"])]
        case 2:
            return runJob("backup", now: now) ?? []
        default:
            log("telegram: polling, nothing new (simulated)", subsystem: "telegram", now: now)
            return [SimulatorEvent("health", health(now: now))]
        }
    }

    /// - Returns: what is told of it; `nil` where there is no such job.
    func runJob(_ id: String, now: Int) -> [SimulatorEvent]? {
        state.withLock { state in
            guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return nil }
            state.jobRuns += 1
            let isBad = id == "invoices"
            let run = ExampleJob.Run(
                id: "run-\(state.jobRuns)", time: now, milliseconds: 1_200, status: isBad ? "error" : "ok",
                error: isBad ? "the accounting service answered 503 (simulated)" : nil)
            state.jobs[index].runs.append(run)
            if state.jobs[index].runs.count > 200 { state.jobs[index].runs.removeFirst() }
            state.jobs[index].next = now + state.jobs[index].interval
            let job = state.jobs[index]
            state.log("job \(job.name) \(run.status)", level: isBad ? "error" : "info", subsystem: "cron", now: now)
            return [
                SimulatorEvent(
                    "cron", ["jobId": .string(id), "runId": .string(run.id), "action": "started", "runAtMs": .integer(now)]),
                SimulatorEvent("cron", .object(job.json(run).object.merging(["nextRunAtMs": .integer(job.next)]) { $1 })),
            ]
        }
    }

    // MARK: Summaries

    func health(now: Int) -> JSONValue {
        let sessions = sessions
        let channels = state.withLock(\.channels)
        let agents: [JSONValue] = ExampleAgent.all.map { agent in
            let mine = sessions.filter { $0.agentID == agent.id }
            return [
                "agentId": .string(agent.id), "name": .string(agent.name), "isDefault": .bool(agent.id == "main"),
                "heartbeat": ["enabled": .bool(agent.id == "main"), "everyMs": 1_800_000],
                "sessions": ["count": .integer(mine.count), "recent": .array(mine.prefix(3).map(Self.recent))],
            ]
        }
        return [
            "ok": true, "ts": .integer(now), "durationMs": 3,
            "channels": .object(Dictionary(uniqueKeysWithValues: channels.map { ($0.id, $0.summary) })),
            "channelOrder": .array(channels.map { .string($0.id) }),
            "channelLabels": .object(Dictionary(uniqueKeysWithValues: channels.map { ($0.id, .string($0.label)) })), "defaultAgentId": "main",
            "agents": .array(agents),
            "sessions": ["count": .integer(sessions.count), "recent": .array(sessions.prefix(5).map(Self.recent))],
        ]
    }

    private static func recent(_ session: ExampleSession) -> JSONValue {
        ["key": .string(session.key), "updatedAt": .integer(session.updatedAt), "hasActiveRun": .bool(!session.activeRuns.isEmpty)]
    }

    /// Everything behind a cursor, which counts bytes from the beginning.
    func logTail(cursor: Int?, limit: Int) -> JSONValue {
        state.withLock { state in
            let size = state.forgottenLog + state.log.reduce(0) { $0 + $1.utf8.count + 1 }
            var position = state.forgottenLog
            var lines = state.log[...]
            let isReset = cursor.map { $0 > size || $0 < state.forgottenLog } ?? false
            if let cursor, !isReset {
                while let first = lines.first, position < cursor {
                    position += first.utf8.count + 1
                    lines = lines.dropFirst()
                }
            }
            let isTruncated = lines.count > limit
            return [
                "file": "/tmp/openclaw/openclaw-simulator.log", "cursor": .integer(size), "size": .integer(size),
                "lines": .array(lines.suffix(limit).map { .string($0) }), "truncated": .bool(isTruncated), "reset": .bool(isReset),
            ]
        }
    }
}

extension SimulatedWorld.State {
    mutating func log(_ line: String, level: String, subsystem: String, now: Int) {
        let entry: JSONValue = [
            "time": .string(DateText.iso(now)), "_meta": ["logLevelName": .string(level.uppercased()), "name": .string(subsystem)],
            "0": .string(subsystem), "1": .string(line),
        ]
        log.append(entry.text)
        if log.count > 1_000 { forgottenLog += log.removeFirst().utf8.count + 1 }
    }
}

import JSON

extension SimulatedWorld.State {
    static func examples(now: Int) -> Self {
        let minute = 60_000
        let hour = 60 * minute
        let day = 24 * hour
        var state = Self()
        func said(_ lines: [(String, String)], ago: Int) -> [ExampleSession.Message] {
            lines.enumerated().map { .init(role: $1.0, text: $1.1, time: now - ago - (lines.count - 1 - $0) * 20_000) }
        }
        let sessions = [
            ExampleSession(
                key: "agent:main:main",
                messages: said(
                    [
                        ("user", "What is on for today?"),
                        ("assistant", "Three things:\n\n- the **backup** ran at 03:00\n- two messages wait in Telegram\n- the invoices job fails\n"),
                    ], ago: 12 * minute), now: now),
            ExampleSession(
                key: "agent:main:telegram:direct:4711", label: "Telegram · Mara", channel: "telegram",
                messages: said(
                    [("user", "Is the site up?"), ("assistant", "Yes. All checks are green since 06:12.\n")], ago: 3 * minute), now: now),
            ExampleSession(
                key: "agent:scribe:main",
                messages: said(
                    [
                        ("user", "Write the release notes down as a list."),
                        ("assistant", "1. Faster start\n2. Fewer surprises\n\n```sh\nopenclaw gateway status\n```\n"),
                    ], ago: 5 * hour), now: now),
            ExampleSession(
                key: "agent:lookout:telegram:group:ops", kind: "group", label: "Telegram · Operations", channel: "telegram",
                messages: said(
                    [("user", "Disk?"), ("assistant", "`/var` is at 61 %, 14 days until 80 %.\n")], ago: 40 * minute), now: now),
            ExampleSession(
                key: "agent:ledger:cron:invoices", kind: "cron", label: "Invoices of the day",
                messages: said([("user", "Collect today's invoices."), ("assistant", "The accounting service does not answer.\n")], ago: 2 * hour),
                now: now),
        ]
        for session in sessions { state.sessions[session.key] = session }
        state.jobs = [
            ExampleJob(
                id: "backup", name: "Back up the notes", agentID: "scribe", schedule: ["kind": "cron", "expr": "0 3 * * *", "tz": "UTC"],
                message: "Back up the notes.", isEnabled: true, interval: day, next: now + 5 * hour,
                runs: (1...3).map { .init(id: "run-backup-\($0)", time: now - (4 - $0) * day, milliseconds: 8_400, status: "ok", error: nil) }),
            ExampleJob(
                id: "pulse", name: "Look after the servers", agentID: "lookout", schedule: ["kind": "every", "everyMs": 900_000],
                message: "Check every server and tell Operations what is wrong.", isEnabled: true, interval: 15 * minute, next: now + 7 * minute,
                runs: [.init(id: "run-pulse-1", time: now - 8 * minute, milliseconds: 2_100, status: "ok", error: nil)]),
            ExampleJob(
                id: "invoices", name: "Invoices of the day", agentID: "ledger",
                schedule: ["kind": "cron", "expr": "30 18 * * 1-5", "tz": "Europe/Berlin"],
                message: "Collect today's invoices.", isEnabled: true, interval: day, next: now + 9 * hour,
                runs: (1...2).map {
                    .init(
                        id: "run-invoices-\($0)", time: now - (3 - $0) * day, milliseconds: 30_000, status: "error",
                        error: "the accounting service answered 503 (simulated)")
                }),
            ExampleJob(
                id: "newsletter", name: "Draft the newsletter", agentID: "scribe", schedule: ["kind": "at", "at": "2026-12-01T08:00:00Z"],
                message: "Draft the newsletter.", isEnabled: false, interval: 30 * day, next: now + 30 * day, runs: []),
        ]
        state.channels = [
            ExampleChannel(id: "telegram", label: "Telegram", isConfigured: true, isLinked: true, isRunning: true),
            ExampleChannel(
                id: "whatsapp", label: "WhatsApp", isConfigured: true, isLinked: false, isRunning: false,
                lastError: "logged out by the phone: scan the code again (simulated)"),
            ExampleChannel(id: "discord", label: "Discord", isConfigured: false, isLinked: false, isRunning: false),
        ]
        state.tasks = [
            [
                "id": "task-1", "status": "completed", "agentId": "scribe", "sessionKey": "agent:scribe:main", "title": "Release notes (simulated)",
                "createdAt": .integer(now - 5 * hour), "updatedAt": .integer(now - 5 * hour + minute),
            ],
            [
                "id": "task-2", "status": "failed", "agentId": "ledger", "sessionKey": "agent:ledger:cron:invoices", "title": "Invoices (simulated)",
                "createdAt": .integer(now - 2 * hour), "updatedAt": .integer(now - 2 * hour + minute), "error": "the accounting service answered 503",
            ],
        ]
        state.audit = [
            [
                "id": "audit-1", "ts": .integer(now - 2 * hour), "kind": "cron.run", "status": "error", "agentId": "ledger", "jobId": "invoices",
            ],
            ["id": "audit-2", "ts": .integer(now - 3 * minute), "kind": "agent.run", "status": "ok", "agentId": "main", "channel": "telegram"],
        ]
        state.log("gateway simulator started: no agent, no model, no channel is real", level: "info", subsystem: "gateway", now: now)
        state.log("telegram: connected (simulated)", level: "info", subsystem: "telegram", now: now)
        state.log("whatsapp: logged out (simulated)", level: "error", subsystem: "whatsapp", now: now)
        return state
    }
}

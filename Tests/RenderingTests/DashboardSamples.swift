import Foundation
import Rendering
import Site

/// Pages of the dashboard, filled with what a gateway may tell.
enum DashboardSamples {
    static let now = AccountSamples.now
    static let ada = AccountSamples.ada
    static let ben = AccountSamples.ben

    private static func ago(minutes: Double = 0, hours: Double = 0, days: Double = 0) -> Date {
        AccountSamples.ago(minutes: minutes, hours: hours, days: days)
    }

    static let connected = DashboardFrame(.good, "Connected to the gateway", version: "2026.9.3")
    static let away = DashboardFrame(
        .bad, "No connection to the gateway",
        problems: [
            GatewayNotice(
                title: "The gateway cannot be reached", message: "Nothing listens at its address.",
                remedy: "Start the gateway, or set GATEWAY_URL to where it listens. The rest of the site works without it.")
        ])

    static let agents = [
        AgentEntry(
            id: "main", name: "Molty", emblem: "🦞", model: "anthropic/claude-sonnet", isDefault: true, running: 1, conversations: 12,
            lastActiveAt: ago(minutes: 1)),
        AgentEntry(id: "ops", name: "Operations", model: "openai/gpt-5", conversations: 3, lastActiveAt: ago(hours: 5)),
        AgentEntry(id: "scribe", name: "Scribe"),
    ]

    static let channels = [
        ChannelEntry(
            channel: "telegram", label: "Telegram", tone: .good, state: "Working", lastInboundAt: ago(minutes: 4), lastOutboundAt: ago(minutes: 3),
            act: .stop),
        ChannelEntry(
            channel: "whatsapp", label: "WhatsApp", account: "+41 79 555 01 23", tone: .bad, state: "In trouble",
            words: ["It runs, but is not connected to its service.", "The gateway says: stream errored out (code 515), restart required"],
            lastInboundAt: ago(days: 2), act: .stop),
        ChannelEntry(channel: "slack", label: "Slack", tone: .look, state: "Stopped", words: ["It does not run."], act: .start),
        ChannelEntry(
            channel: "signal", label: "Signal", tone: .plain, state: "Not set up",
            words: ["It is not set up: the gateway has no token or number for it."]),
    ]

    static let jobs = [
        JobEntry(
            id: "a1", name: "Morning summary", agent: "main", schedule: "0 7 * * 1-5 (Europe/Zurich)", tone: .good, state: "Waits",
            nextRunAt: now + 3 * 3_600, lastRunAt: ago(hours: 21)),
        JobEntry(
            id: "b2", name: "Check the backups", agent: "ops", schedule: "Every 6 hours", tone: .bad, state: "Failed", nextRunAt: now + 1_260,
            lastRunAt: ago(hours: 6), error: "Failed 3 times in a row: pg_dump: connection to server failed: timeout expired"),
        JobEntry(id: "c3", name: "Read the feeds", schedule: "Every 15 minutes", tone: .good, state: "Runs now", lastRunAt: ago(minutes: 15)),
        JobEntry(id: "d4", name: "Year’s end", schedule: "Once", tone: .plain, state: "Turned off"),
    ]

    static let happenings = [
        HappeningEntry(at: ago(minutes: 1), text: "An answer is complete in agent:main:main.", kind: "chat"),
        HappeningEntry(at: ago(minutes: 9), text: "Check the backups: finished, failed.", kind: "cron", isTrouble: true),
        HappeningEntry(at: ago(hours: 2), text: "A conversation changed: agent:main:telegram:direct:48151623.", kind: "sessions.changed"),
        HappeningEntry(at: ago(hours: 2.1), text: "Connected to the gateway, version 2026.9.3.", kind: "connection"),
    ]

    static let conversations = [
        ConversationEntry(
            key: "agent:main:main", agent: "main", title: "Release notes for Thursday",
            preview:
                "I have drafted the notes from the merged changes; the two about sessions still lack a sentence each on what people will notice.",
            tone: .good, state: "Working", updatedAt: ago(minutes: 1), size: "48 k tokens"),
        ConversationEntry(
            key: "agent:main:telegram:direct:48151623", agent: "main", title: "Ada on Telegram", preview: "Thanks, that was all.",
            channel: "telegram", tone: .plain, state: "Quiet", updatedAt: ago(hours: 2), size: "3 k tokens"),
        ConversationEntry(key: "agent:ops:cron:b2", agent: "ops", title: "cron:b2", tone: .bad, state: "Failed", updatedAt: ago(hours: 6)),
        ConversationEntry(key: "global", agent: "main", title: "global", tone: .plain, state: "Quiet"),
    ]

    static let logs = [
        LogEntry(at: ago(minutes: 3), level: "info", source: "gateway/ws", text: "webchat connected conn=7f3a remote=127.0.0.1"),
        LogEntry(at: ago(minutes: 2), level: "warn", source: "channels/whatsapp", text: "stream errored out (code 515)", tone: .look),
        LogEntry(at: ago(minutes: 1), level: "error", source: "cron", text: "job b2 failed: pg_dump: timeout expired", tone: .bad),
        LogEntry(text: "a line that is no JSON"),
    ]

    static func chat(_ frame: DashboardFrame = connected) -> ChatPage {
        var page = ChatPage(
            frame, agent: "main", agentName: "Molty", session: "agent:main:main", newSession: "agent:main:web-5f4dcc3b",
            draftID: "00000000-0000-4000-8000-000000000001")
        page.entries = [
            ChatPage.Entry(.person, name: "You", text: "Which pages changed since Monday?\nOnly those about sessions.", at: ago(minutes: 12)),
            ChatPage.Entry(.agent, name: "Molty", at: ago(minutes: 12), tools: ["files.search", "git.log"]),
            ChatPage.Entry(
                .tool, name: "Result of git.log", text: "c0ffee1 Sessions say which device they are\nbadcafe A revoked one is out at once"),
            ChatPage.Entry(
                .agent, name: "Molty",
                html: """
                    <p>Two of them:</p><ol><li><strong>Sessions</strong> now names the device, see <code>docs/sessions.md</code>.</li>\
                    <li><strong>Security</strong> says that a revoked session is out <em>at once</em>.</li></ol>\
                    <pre><code>git log --since=monday -- docs/</code></pre>
                    """, at: ago(minutes: 11)),
            ChatPage.Entry(.person, name: "You", text: "Write the release notes.", at: ago(minutes: 2)),
            ChatPage.Entry(.agent, name: "Molty", html: "<p>I begin with the</p>", at: ago(minutes: 1), error: "Stopped before it was complete."),
        ]
        return page
    }

    static let board = StatusBoard(
        [
            StatusBoard.Part("Website", .works, since: ago(days: 12)), StatusBoard.Part("Gateway", .fails, since: ago(minutes: 8)),
            StatusBoard.Part("Accounts", .works, since: ago(days: 12)), StatusBoard.Part("Cache", .absent),
            StatusBoard.Part("Databases", .works),
        ], at: now)

    /// Every kind of page by the name of its file.
    static func documents(_ documents: SiteDocuments, in site: SiteSnapshot) -> [String: String] {
        var started = DashboardList(connected, channels)
        started.frame.notice = PageNotice(.done, "The channel is told to start.")
        var found = DashboardList<ConversationEntry>(connected, [])
        found.query = "nothing like it"
        var refused = DashboardList(connected, jobs)
        refused.frame.summary = "Too many requests. Wait, then go on more slowly."
        var running = chat()
        running.entries?.removeLast()
        running.isRunning = true
        running.run = "run-7"
        running.isCut = true
        var empty = chat()
        empty.entries = []
        empty.draft = FormField("", error: "Write something first.")
        var unsent = chat(away)
        unsent.entries = nil
        unsent.draft.value = "A text that nobody has to write again."
        unsent.frame.summary = "The gateway cannot be reached. Start the gateway."
        let workflows = [
            WorkflowEntry(id: "wf-1", name: "Invoices to the books", state: "active", updatedAt: ago(days: 3)),
            WorkflowEntry(id: "wf-2", name: "Newsletter"),
        ]
        return [
            "overview": documents.dashboard(
                DashboardOverview(connected, agents: agents, channels: channels, jobs: Array(jobs.prefix(2)), happenings: happenings), for: ada,
                in: site,
                now: now),
            "overview-empty": documents.dashboard(DashboardOverview(connected, agents: [], channels: [], jobs: []), for: ben, in: site, now: now),
            "overview-away": documents.dashboard(DashboardOverview(away, happenings: happenings), for: ben, in: site, now: now),
            "agents": documents.dashboardAgents(DashboardList(connected, agents), for: ada, in: site, now: now),
            "agents-away": documents.dashboardAgents(DashboardList(away, nil), for: ada, in: site, now: now),
            "sessions": documents.dashboardSessions(DashboardList(connected, conversations), for: ada, in: site, now: now),
            "sessions-nothing-found": documents.dashboardSessions(found, for: ada, in: site, now: now),
            "channels": documents.dashboardChannels(started, for: ada, in: site, now: now),
            "channels-user": documents.dashboardChannels(DashboardList(connected, channels), for: ben, in: site, now: now),
            "jobs": documents.dashboardJobs(refused, for: ada, in: site, now: now),
            "jobs-user": documents.dashboardJobs(DashboardList(connected, jobs), for: ben, in: site, now: now),
            "workflows": documents.dashboardWorkflows(WorkflowsPage(connected, .known(workflows)), for: ada, in: site, now: now),
            "workflows-unavailable": documents.dashboardWorkflows(WorkflowsPage(connected, .unavailable), for: ada, in: site, now: now),
            "workflows-none": documents.dashboardWorkflows(WorkflowsPage(connected, .none), for: ada, in: site, now: now),
            "events": documents.dashboardEvents(DashboardList(connected, happenings), for: ada, in: site, now: now),
            "logs": documents.dashboardLogs(LogsPage(connected, logs, isCut: true), for: ada, in: site, now: now),
            "logs-quiet": documents.dashboardLogs(LogsPage(connected, [], isTroubleOnly: true), for: ada, in: site, now: now),
            "chat": documents.chat(chat(), for: ada, in: site, now: now),
            "chat-running": documents.chat(running, for: ben, in: site, now: now),
            "chat-empty": documents.chat(empty, for: ben, in: site, now: now),
            "chat-away": documents.chat(unsent, for: ben, in: site, now: now),
            "status": documents.status(in: site),
            "status-parts": documents.statusParts(board, in: site),
        ]
    }
}

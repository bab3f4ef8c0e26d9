import FoundationEssentials
import Gateway
import JSON
import Testing

@testable import Web

/// What the dashboard makes of what a gateway tells: of what is documented, and of what is missing or strange.
@Suite struct DashboardViewTests {
    private static let moment: JSONValue = 1_790_000_000_000
    private static let date = Date(timeIntervalSince1970: 1_790_000_000)

    /// Everything that a member may be instead of what it should be.
    private static let strange: [JSONValue] = [
        nil, true, 0, -1, 1e300, "", "text", [], [nil], [[:]], [1, "a"], [:], ["id": nil], ["id": [:]], ["x": ["y": ["z": []]]],
    ]

    // MARK: Agents

    @Test func `agents have the name of their identity, their model and who answers first`() {
        let view = AgentsView([
            "defaultId": "ops", "mainKey": "home", "scope": "per-sender",
            "agents": [
                [
                    "id": "main", "name": "Main", "identity": ["name": "Molty", "emoji": "🦞"],
                    "model": ["primary": "anthropic/claude", "fallbacks": []],
                ],
                ["id": "ops", "model": "openai/gpt"],
            ],
        ])
        #expect(view.agents.map(\.name) == ["Molty", "ops"])
        #expect(view.agents.map(\.model) == ["anthropic/claude", "openai/gpt"])
        #expect(view.agents[0].emblem == "🦞")
        #expect(view.defaultID == "ops" && view.mainKey == "home")
    }

    @Test func `an agent without an id that can stand in an address is left out, and one that comes twice is one`() {
        let view = AgentsView(["agents": [["name": "nobody"], ["id": "a/b"], ["id": ".."], ["id": "a:b"], ["id": "a"], ["id": "a"]]])
        #expect(view.agents.map(\.id) == ["a"])
        #expect(view.mainKey == "main")
    }

    // MARK: Conversations

    @Test func `conversations are told from the last changed to the first, with what runs and what failed`() {
        let sessions = SessionView.list([
            "sessions": [
                [
                    "key": "agent:main:telegram:direct:17", "displayName": "Ada", "channel": "telegram", "updatedAt": 1_780_000_000_000,
                    "status": "failed",
                ],
                [
                    "key": "agent:main:main", "derivedTitle": "Release notes", "lastMessagePreview": "I have\ndrafted", "updatedAt": Self.moment,
                    "hasActiveRun": true, "totalTokens": 48_200, "status": "done",
                ],
                ["key": "global", "updatedAt": nil, "status": "running"],
            ]
        ])
        #expect(sessions.map(\.key) == ["agent:main:main", "agent:main:telegram:direct:17", "global"])
        #expect(sessions.map(\.title) == ["Release notes", "Ada", "global"])
        #expect(sessions.map(\.state) == [.working, .failed, .working])
        #expect(sessions.map(\.agentID) == ["main", "main", nil])
        #expect(sessions[0].preview == "I have drafted" && sessions[0].size == "48 k tokens" && sessions[0].updatedAt == Self.date)
    }

    @Test(arguments: [
        ("", false), ("a", true), ("a\nb", false), (String(repeating: "k", count: 512), true), (String(repeating: "k", count: 513), false),
    ])
    func `keys of conversations are of the length and the letters that the gateway takes`(_ key: String, _ isValid: Bool) {
        #expect(SessionKey.isValid(key) == isValid)
    }

    // MARK: Channels

    private static let states: [(JSONValue, ChannelView.State, String?)] = [
        (["configured": true, "enabled": true, "running": true, "connected": true], .working, nil),
        (["running": true, "healthState": "healthy"], .working, nil),
        (["configured": false, "lastError": "x"], .notSetUp, "It is not set up: the gateway has no token or number for it."),
        (["configured": true, "enabled": false], .off, "It is turned off in the gateway’s configuration."),
        (["configured": true, "running": false], .stopped, "It does not run."),
        (["configured": true, "running": false, "lastError": "401: Unauthorized"], .failing, "The gateway says: 401: Unauthorized"),
        (["running": true, "linked": false], .failing, "No phone or account is linked to it."),
        (["running": true, "connected": false], .failing, "It runs, but is not connected to its service."),
        (["running": true, "connected": true, "healthState": "stale-socket"], .failing, "Its health is “stale-socket”."),
        (["running": true, "connected": true, "lastError": "once"], .working, "The gateway says: once"),
        ([:], .working, nil),
    ]

    @Test(arguments: states)
    func `what is wrong with a channel is said in words`(_ account: JSONValue, _ state: ChannelView.State, _ words: String?) throws {
        let channel = try #require(ChannelView.list(["channelOrder": ["telegram"], "channelAccounts": ["telegram": [account]]]).first)
        #expect(channel.state == state)
        #expect(words.map { channel.words.contains($0) } ?? channel.words.isEmpty)
        #expect(channel.label == "Telegram")
    }

    @Test func `channels come in the gateway's order, one entry for each account`() {
        let channels = ChannelView.list([
            "channelOrder": ["whatsapp", "telegram", "whatsapp"], "channelLabels": ["whatsapp": "WhatsApp"],
            "channelAccounts": [
                "telegram": [["accountId": "default", "running": true, "lastInboundAt": Self.moment]],
                "whatsapp": [["accountId": "home"], ["accountId": "work"]],
            ], "channels": ["signal": ["configured": false], "telegram": [:]],
        ])
        #expect(channels.map(\.channel) == ["whatsapp", "whatsapp", "telegram", "signal"])
        #expect(channels.map(\.account) == ["home", "work", nil, nil])
        #expect(channels[0].label == "WhatsApp" && channels[3].label == "Signal")
        #expect(channels[2].lastInboundAt == Self.date)
        #expect(channels[2].canStop && !channels[2].canStart && !channels[3].canStart && !channels[3].canStop)
    }

    // MARK: Jobs

    private static let schedules: [(JSONValue, String)] = [
        (["kind": "every", "everyMs": 900_000], "Every 15 minutes"), (["kind": "every", "everyMs": 3_600_000], "Every hour"),
        (["kind": "every", "everyMs": 1_500], "Every 1500 ms"), (["kind": "every", "everyMs": -1], "Again and again"),
        (["kind": "cron", "expr": "0 7 * * 1-5", "tz": "Europe/Zurich"], "0 7 * * 1-5 (Europe/Zurich)"),
        (["kind": "at", "at": "2026-12-31"], "Once"),
        (["kind": "on-exit"], "When a program ends"), (["kind": "moonrise"], "Moonrise"), ([:], "Schedule not told"), ("daily", "Schedule not told"),
    ]

    @Test(arguments: schedules)
    func `schedules are told in words`(_ schedule: JSONValue, _ words: String) throws {
        #expect(try #require(JobView(["id": "a", "schedule": schedule])).schedule == words)
    }

    @Test func `jobs are told with their last and next run and what went wrong, the next one first`() {
        let jobs = JobView.list([
            "jobs": [
                ["id": "off", "name": "Off", "enabled": false, "state": ["nextRunAtMs": Self.moment]],
                ["id": "late", "name": "Late", "enabled": true, "state": ["nextRunAtMs": 1_790_000_900_000, "runningAtMs": Self.moment]],
                [
                    "id": "soon", "name": "Soon", "agentId": "main", "enabled": true,
                    "state": [
                        "nextRunAtMs": Self.moment, "lastRunAtMs": Self.moment, "lastRunStatus": "error", "lastError": "timeout",
                        "consecutiveErrors": 3,
                    ],
                ],
            ]
        ])
        #expect(jobs.map(\.id) == ["soon", "late", "off"])
        #expect(jobs.map(\.state) == [.failed, .runs, .off])
        #expect(jobs[0].error == "Failed 3 times in a row: timeout" && jobs[0].lastRunAt == Self.date)
        #expect(jobs[2].nextRunAt == nil)
    }

    // MARK: Conversations from inside

    @Test func `messages have their texts, tools and results, and not what an agent thinks`() {
        let history = ChatHistoryView([
            "messages": [
                ["role": "user", "content": "Hello", "timestamp": Self.moment],
                [
                    "role": "assistant",
                    "content": [
                        ["type": "thinking", "thinking": "hm"], ["type": "text", "text": "I look."], ["type": "toolCall", "name": "git.log"],
                    ],
                    "__openclaw": ["id": "m2", "seq": 2],
                ],
                ["role": "toolResult", "toolName": "git.log", "content": [["type": "text", "text": "c0ffee"]]],
                ["role": "assistant", "content": [], "errorMessage": "rate limit"],
                ["role": "assistant", "content": [["type": "thinking", "thinking": "hm"]]],
            ], "inFlightRun": ["runId": "run-7"], "hasMore": true,
        ])
        #expect(history.messages.map(\.speaker) == [.person, .agent, .tool, .agent])
        #expect(history.messages.map(\.text) == ["Hello", "I look.", "c0ffee", ""])
        #expect(history.messages[1].tools == ["git.log"] && history.messages[2].tools == ["git.log"])
        #expect(history.messages[3].error == "rate limit")
        #expect(history.messages[0].at == Self.date)
        #expect(history.isRunning && history.run == "run-7" && history.isCut)
    }

    @Test func `nothing runs where the gateway tells of nothing`() {
        #expect(!ChatHistoryView(["messages": []]).isRunning)
        #expect(!ChatHistoryView(["messages": [], "inFlightRun": nil]).isRunning)
        #expect(ChatHistoryView(["kind": "reset"]).messages.isEmpty)
    }

    @Test func `messages next to each other have no id in common`() {
        let html = "<h2 id=\"a\">A <a class=\"anchor\" href=\"#a\">#</a></h2><a href=\"https://example.org/#a\">b</a>"
        #expect(
            MessageHTML.scoped(html, to: "m3-")
                == "<h2 id=\"m3-a\">A <a class=\"anchor\" href=\"#m3-a\">#</a></h2><a href=\"https://example.org/#a\">b</a>")
    }

    // MARK: The log

    @Test func `lines of the log are read as JSON where they are, and shown as they are otherwise`() {
        let logs = LogsView([
            "lines": [
                #"{"0":"{\"subsystem\":\"cron\"}","1":"job failed","_meta":{"logLevelName":"ERROR","name":"x"},"time":"2026-09-21T14:13:20.000Z"}"#,
                #"{"level":"warn","msg":"slow","time":1790000000000}"#, "plain", "{broken", "", 7,
            ], "truncated": true, "cursor": 1,
        ])
        #expect(logs.lines.map(\.text) == ["job failed", "slow", "plain", "{broken"])
        #expect(logs.lines.map(\.level) == ["error", "warn", "", ""])
        #expect(logs.lines.map(\.isTrouble) == [true, true, false, false])
        #expect(logs.lines[0].source == "cron" && logs.lines[0].at == Self.date && logs.lines[1].at == Self.date)
        #expect(logs.isCut)
    }

    // MARK: Anything

    @Test func `whatever a gateway answers, a page can be made of it`() {
        let members = [
            "agents", "sessions", "jobs", "messages", "lines", "channelOrder", "channelLabels", "channelAccounts", "channels", "inFlightRun",
            "defaultId",
            "mainKey", "hasMore", "truncated",
        ]
        let inner = [
            "id", "key", "name", "identity", "model", "schedule", "state", "content", "role", "text", "timestamp", "updatedAt", "totalTokens",
            "enabled",
            "lastError", "message", "status", "accountId",
        ]
        for value in Self.strange {
            let whole = JSONValue.object(Dictionary(uniqueKeysWithValues: members.map { ($0, value) }))
            let entry = JSONValue.object(Dictionary(uniqueKeysWithValues: inner.map { ($0, value) }).merging(["id": "a", "key": "k"]) { $1 })
            let entries = JSONValue.object(
                Dictionary(uniqueKeysWithValues: members.map { ($0, JSONValue.array([entry, value])) }).merging([
                    "channelAccounts": ["c": [entry, value]]
                ]) {
                    $1
                })
            for answer in [value, whole, entries] {
                _ = (AgentsView(answer), SessionView.list(answer), ChannelView.list(answer), JobView.list(answer), ChatHistoryView(answer))
                _ = LogsView(answer)
            }
            for name in ["chat", "cron", "health", "heartbeat", "shutdown", "sessions.changed"] {
                _ = HappeningView(GatewayEvent(name: name, payload: entry))
                var frames = ChatFrames(session: "k")
                _ = frames.next(GatewayEvent(name: name, payload: entry))
            }
        }
    }

    @Test func `times far from now are none`() {
        for value: JSONValue in [0, -1, 1e300, 9_999_999_999_999_999, "yesterday", "", true, nil] { #expect(value.moment == nil) }
        #expect(JSONValue.string("2026-09-21T14:13:20Z").moment == Self.date)
        #expect(JSONValue.string("2026-09-21T14:13:20.000Z").moment == Self.date)
    }

    @Test func `long texts are cut, and lines are lines`() {
        #expect(JSONValue.string("  a \n\t b ").words() == "a b")
        #expect(JSONValue.string(String(repeating: "x", count: 500)).words(10) == "xxxxxxxxxx…")
        #expect(JSONValue.string(" \n ").words() == nil)
    }
}

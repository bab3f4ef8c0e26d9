import Gateway
import Rendering

// What pages show of what the gateway tells.

extension GatewayNotice {
    init(_ problem: GatewayProblem) {
        self.init(title: problem.title, message: problem.detail, remedy: problem.remedy)
    }
}

extension DashboardFrame {
    /// - Parameter problems: of the calls that the page has made; those of the connection are added.
    init(_ state: GatewayLink.State, problems: [GatewayProblem] = []) {
        var kinds: Set<GatewayProblem.Kind> = []
        var all = problems
        switch state {
        case .connecting: self.init(.look, "Connecting to the gateway")
        case .ready(let hello): self.init(.good, "Connected to the gateway", version: hello.version)
        case .unavailable(let problem):
            self.init(.bad, "No connection to the gateway")
            all.insert(problem, at: 0)
        }
        self.problems = all.filter { kinds.insert($0.kind).inserted }.map { GatewayNotice($0) }
    }
}

extension AgentEntry {
    /// - Parameter sessions: of all agents, the last changed first; `nil` where they are not known.
    init(_ agent: AgentView, sessions: [SessionView]?, isDefault: Bool) {
        let own = sessions?.filter { $0.agentID == agent.id }
        self.init(
            id: agent.id, name: agent.name, emblem: agent.emblem, model: agent.model, isDefault: isDefault,
            running: own?.count { $0.state == .working } ?? 0, conversations: own?.count, lastActiveAt: own?.compactMap(\.updatedAt).first)
    }
}

extension ConversationEntry {
    init(_ session: SessionView, defaultAgent: String) {
        let (tone, state): (StateTone, String) =
            switch session.state {
            case .working: (.good, "Working")
            case .quiet: (.plain, "Quiet")
            case .failed: (.bad, "Failed")
            }
        self.init(
            key: session.key, agent: session.agentID ?? defaultAgent, title: session.title, preview: session.preview, channel: session.channel,
            tone: tone, state: state, updatedAt: session.updatedAt, size: session.size)
    }
}

extension ChannelEntry {
    init(_ channel: ChannelView) {
        let (tone, state): (StateTone, String) =
            switch channel.state {
            case .working: (channel.words.isEmpty ? .good : .look, "Working")
            case .stopped: (.look, "Stopped")
            case .off: (.plain, "Turned off")
            case .notSetUp: (.plain, "Not set up")
            case .failing: (.bad, "In trouble")
            }
        self.init(
            channel: channel.channel, label: channel.label, account: channel.account, tone: tone, state: state, words: channel.words,
            lastInboundAt: channel.lastInboundAt, lastOutboundAt: channel.lastOutboundAt,
            act: channel.canStop ? .stop : channel.canStart ? .start : nil)
    }
}

extension JobEntry {
    init(_ job: JobView) {
        let (tone, state): (StateTone, String) =
            switch job.state {
            case .waits: (.good, "Waits")
            case .runs: (.good, "Runs now")
            case .failed: (.bad, "Failed")
            case .off: (.plain, "Turned off")
            }
        self.init(
            id: job.id, name: job.name, agent: job.agentID, schedule: job.schedule, tone: tone, state: state, nextRunAt: job.nextRunAt,
            lastRunAt: job.lastRunAt, error: job.error)
    }
}

extension HappeningEntry {
    init(_ happening: RecentEvents.Happening) {
        self.init(at: happening.at, text: happening.what.text, kind: happening.what.kind, isTrouble: happening.what.isTrouble)
    }
}

extension LogEntry {
    init(_ line: LogLineView) {
        self.init(at: line.at, level: line.level, source: line.source, text: line.text, tone: line.isError ? .bad : line.isTrouble ? .look : .plain)
    }
}

extension ChatPage.Entry {
    /// - Parameters:
    ///   - number: tells the message's headings and notes from those of others on the page.
    ///   - render: Markdown as safe HTML.
    init(_ message: ChatMessageView, number: Int, agentName: String, render: (String) -> String) {
        switch message.speaker {
        case .person: self.init(.person, name: "You", text: message.text)
        case .agent:
            self.init(.agent, name: agentName, html: message.text.isEmpty ? "" : MessageHTML.scoped(render(message.text), to: "m\(number)-"))
        case .tool:
            self.init(.tool, name: message.tools.first.map { "Result of \($0)" } ?? "Result of a tool", text: String(message.text.prefix(8_000)))
        case .system: self.init(.system, name: "Gateway", text: message.text)
        }
        at = message.at
        tools = message.speaker == .agent ? message.tools : []
        error = message.error
    }
}

/// Rendered Markdown of one message among others.
enum MessageHTML {
    /// With names of its own, so that no two elements of a page have one id.
    static func scoped(_ html: String, to prefix: String) -> String {
        html.replacing(" id=\"", with: " id=\"\(prefix)").replacing(" href=\"#", with: " href=\"#\(prefix)")
            .replacing(" aria-labelledby=\"", with: " aria-labelledby=\"\(prefix)").replacing(
                " aria-describedby=\"", with: " aria-describedby=\"\(prefix)")
    }
}

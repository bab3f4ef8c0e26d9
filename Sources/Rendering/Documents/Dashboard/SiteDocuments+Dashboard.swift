public import FoundationEssentials
public import Site

/// Pages on which people see and use the gateway.
extension SiteDocuments {
    public func dashboard(_ page: DashboardOverview, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        var content: TemplateContext = [:]
        content["agents"] = known(page.agents) { agent($0, now: now) }
        content["channels"] = known(page.channels) { channel($0, now: now, for: viewer) }
        content["jobs"] = known(page.jobs) { job($0, now: now, for: viewer) }
        content["happenings"] = items(page.happenings.map { happening($0, now: now) })
        return dashboardPage("overview", at: "/dashboard", title: "Dashboard", content, page.frame, for: viewer, in: site)
    }

    public func dashboardAgents(_ page: DashboardList<AgentEntry>, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let content = listContent(page) { agent($0, now: now) }
        return dashboardPage("agents", at: "/dashboard/agents", title: "Agents", content, page.frame, for: viewer, in: site)
    }

    public func dashboardSessions(_ page: DashboardList<ConversationEntry>, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let content = listContent(page) { conversation($0, now: now) }
        return dashboardPage("sessions", at: "/dashboard/sessions", title: "Conversations", content, page.frame, for: viewer, in: site)
    }

    public func dashboardChannels(_ page: DashboardList<ChannelEntry>, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let content = listContent(page) { channel($0, now: now, for: viewer) }
        return dashboardPage("channels", at: "/dashboard/channels", title: "Channels", content, page.frame, for: viewer, in: site)
    }

    public func dashboardJobs(_ page: DashboardList<JobEntry>, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let content = listContent(page) { job($0, now: now, for: viewer) }
        return dashboardPage("jobs", at: "/dashboard/jobs", title: "Jobs", content, page.frame, for: viewer, in: site)
    }

    public func dashboardWorkflows(_ page: WorkflowsPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        var content: TemplateContext = ["isNone": page.state == .none]
        if case .known(let entries) = page.state {
            content["list"] = known(entries) { entry in
                var context: TemplateContext = [
                    "id": entry.id, "name": entry.name, "state": entry.state ?? "Not said", "isUpdated": entry.updatedAt != nil,
                ]
                context["updated"] = entry.updatedAt.map { moment($0, now: now) }
                return context
            }
        }
        return dashboardPage("workflows", at: "/dashboard/workflows", title: "Workflows", content, page.frame, for: viewer, in: site)
    }

    public func dashboardEvents(_ page: DashboardList<HappeningEntry>, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let content = listContent(page) { happening($0, now: now) }
        return dashboardPage("events", at: "/dashboard/events", title: "Events", content, page.frame, for: viewer, in: site)
    }

    public func dashboardLogs(_ page: LogsPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        var content: TemplateContext = ["isTroubleOnly": page.isTroubleOnly, "isCut": page.isCut]
        content["list"] = known(page.entries) { entry in
            var context: TemplateContext = [
                "level": entry.level, "hasLevel": !entry.level.isEmpty, "source": entry.source ?? "", "text": entry.text, "tone": entry.tone.rawValue,
                "isAt": entry.at != nil,
            ]
            context["at"] = entry.at.map { moment($0, now: now) }
            context["clock"] = entry.at.map { String(MomentText($0, now: now).iso.dropFirst(11).prefix(8)) }
            return context
        }
        return dashboardPage("logs", at: "/dashboard/logs", title: "Logs", content, page.frame, for: viewer, in: site)
    }

    public func chat(_ page: ChatPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let path = Self.path(ofAgent: page.agent)
        var content: TemplateContext = [
            "path": path, "agentName": page.agentName, "session": page.session,
            "own": "\(path)?session=\(PercentEncoding.encodeQueryValue(page.session))",
            "newURL": "\(path)?session=\(PercentEncoding.encodeQueryValue(page.newSession))",
            "live": "/dashboard/live?session=\(PercentEncoding.encodeQueryValue(page.session))", "isCut": page.isCut, "isRunning": page.isRunning,
            "run": page.run ?? "", "draft": field(page.draft), "draftID": page.draftID, "messages": page.entries?.count ?? 0,
        ]
        content["history"] = known(page.entries) { entry in
            var context: TemplateContext = [
                "who": entry.name, "speaker": entry.speaker.rawValue, "isHTML": !entry.html.isEmpty, "body": entry.html, "text": entry.text,
                "isTool": entry.speaker == .tool, "isAt": entry.at != nil, "hasText": !entry.text.isEmpty || !entry.html.isEmpty,
                "tools": entry.tools.joined(separator: ", "), "hasTools": !entry.tools.isEmpty, "error": entry.error ?? "",
                "hasError": entry.error?.isEmpty == false,
            ]
            context["at"] = entry.at.map { moment($0, now: now) }
            return context
        }
        return dashboardPage("chat", at: path, title: page.agentName, content, page.frame, for: viewer, in: site)
    }

    // MARK: Parts

    private func dashboardPage(
        _ template: String, at path: String, title: String, _ content: TemplateContext, _ frame: DashboardFrame, for viewer: AccountViewer,
        in site: SiteSnapshot
    ) -> String {
        var context = base(site, path: PagePath(canonical: path), title: title, isHiddenFromSearch: true, isAddressable: false)
        context["account"] = accountMenuContent(viewer)
        context["live"] = "/dashboard/live"
        context.add(content)
        let ways = Self.dashboardWays.filter { viewer.isAdmin || !$0.isForAdmins }
        let nearest = path.hasPrefix("/dashboard/chat/") ? "/dashboard/agents" : path
        func links(_ isForAdmins: Bool) -> [TemplateContext] {
            ways.filter { $0.isForAdmins == isForAdmins }.map { way in
                let current: any TemplateConvertible = way.path == path ? "page" : way.path == nearest ? "true" : false
                return ["title": way.title, "url": way.path, "current": current]
            }
        }
        var area: TemplateContext = ["own": links(false)]
        area["admin"] = items(links(true))
        context["area"] = area
        var about: TemplateContext = ["tone": frame.tone.rawValue, "state": frame.state]
        about["version"] = frame.version
        about["problems"] = frame.problems.map { problem -> TemplateContext in
            ["title": problem.title, "message": problem.message, "remedy": problem.remedy]
        }
        context["gateway"] = about
        context["notice"] = frame.notice.map(notice)
        context["summary"] = frame.summary
        return render(Composition(template: "dashboard/\(template)", context: context))
    }

    private static let dashboardWays = [
        (title: "Overview", path: "/dashboard", isForAdmins: false),
        (title: "Agents", path: "/dashboard/agents", isForAdmins: false),
        (title: "Conversations", path: "/dashboard/sessions", isForAdmins: false),
        (title: "Channels", path: "/dashboard/channels", isForAdmins: false),
        (title: "Jobs", path: "/dashboard/jobs", isForAdmins: false),
        (title: "Workflows", path: "/dashboard/workflows", isForAdmins: false),
        (title: "Events", path: "/dashboard/events", isForAdmins: false),
        (title: "Logs", path: "/dashboard/logs", isForAdmins: true),
    ]

    private func accountMenuContent(_ viewer: AccountViewer) -> TemplateContext {
        let initial = viewer.name.first { $0.isLetter || $0.isNumber }.map { $0.uppercased() } ?? "•"
        return ["name": viewer.name, "initial": initial, "isAdmin": viewer.isAdmin]
    }

    /// A list that is known, which may be empty; `nil` for one that is not.
    private func known<Entry>(_ entries: [Entry]?, _ context: (Entry) -> TemplateContext) -> TemplateContext? {
        guard let entries else { return nil }
        var list: TemplateContext = ["isEmpty": entries.isEmpty, "count": entries.count]
        list["some"] = items(entries.map(context))
        return list
    }

    private func listContent<Entry>(_ page: DashboardList<Entry>, _ context: (Entry) -> TemplateContext) -> TemplateContext {
        var content: TemplateContext = ["query": page.query, "isSearch": !page.query.isEmpty]
        content["list"] = known(page.entries, context)
        return content
    }

    private func agent(_ entry: AgentEntry, now: Date) -> TemplateContext {
        let initial = entry.name.first { $0.isLetter || $0.isNumber }.map { $0.uppercased() } ?? "•"
        var context: TemplateContext = [
            "id": entry.id, "url": Self.path(ofAgent: entry.id), "name": entry.name, "emblem": entry.emblem ?? initial, "model": entry.model ?? "",
            "hasModel": entry.model != nil, "isDefault": entry.isDefault, "tone": (entry.running > 0 ? StateTone.good : .plain).rawValue,
            "state": entry.running > 1 ? "Works on \(entry.running)" : entry.running == 1 ? "Working" : "Idle", "isActive": entry.lastActiveAt != nil,
            "hasConversations": entry.conversations != nil, "conversations": entry.conversations ?? 0,
            "conversationsURL": "/dashboard/sessions?q=\(PercentEncoding.encodeQueryValue("agent:\(entry.id):"))",
        ]
        context["active"] = entry.lastActiveAt.map { moment($0, now: now) }
        return context
    }

    private func conversation(_ entry: ConversationEntry, now: Date) -> TemplateContext {
        var context: TemplateContext = [
            "url": "\(Self.path(ofAgent: entry.agent))?session=\(PercentEncoding.encodeQueryValue(entry.key))", "key": entry.key,
            "title": entry.title,
            "agent": entry.agent, "preview": entry.preview ?? "", "hasPreview": entry.preview != nil, "channel": entry.channel ?? "",
            "hasChannel": entry.channel != nil, "tone": entry.tone.rawValue, "state": entry.state, "isUpdated": entry.updatedAt != nil,
            "size": entry.size ?? "", "hasSize": entry.size != nil,
        ]
        context["updated"] = entry.updatedAt.map { moment($0, now: now) }
        return context
    }

    private func channel(_ entry: ChannelEntry, now: Date, for viewer: AccountViewer) -> TemplateContext {
        let act = viewer.isAdmin ? entry.act : nil
        var context: TemplateContext = [
            "channel": entry.channel, "label": entry.label, "account": entry.account ?? "", "hasAccount": entry.account != nil,
            "tone": entry.tone.rawValue, "state": entry.state, "words": entry.words, "hasInbound": entry.lastInboundAt != nil,
            "hasOutbound": entry.lastOutboundAt != nil, "hasTraffic": entry.lastInboundAt != nil || entry.lastOutboundAt != nil,
            "canAct": act != nil, "act": act?.rawValue ?? "", "actTitle": act == .stop ? "Stop" : "Start",
        ]
        context["inbound"] = entry.lastInboundAt.map { moment($0, now: now) }
        context["outbound"] = entry.lastOutboundAt.map { moment($0, now: now) }
        return context
    }

    private func job(_ entry: JobEntry, now: Date, for viewer: AccountViewer) -> TemplateContext {
        var context: TemplateContext = [
            "id": entry.id, "name": entry.name, "agent": entry.agent ?? "", "hasAgent": entry.agent != nil, "schedule": entry.schedule,
            "tone": entry.tone.rawValue, "state": entry.state, "hasNext": entry.nextRunAt != nil, "hasLast": entry.lastRunAt != nil,
            "error": entry.error ?? "", "hasError": entry.error != nil, "canRun": viewer.isAdmin,
        ]
        context["next"] = entry.nextRunAt.map { moment($0, now: now) }
        context["last"] = entry.lastRunAt.map { moment($0, now: now) }
        return context
    }

    private func happening(_ entry: HappeningEntry, now: Date) -> TemplateContext {
        ["at": moment(entry.at, now: now), "text": entry.text, "kind": entry.kind, "isTrouble": entry.isTrouble]
    }

    private static func path(ofAgent id: String) -> String { "/dashboard/chat/\(PercentEncoding.encodePath(id).replacing("/", with: "%2F"))" }
}

import FoundationEssentials
import Gateway
import HTTPTypes
import Hummingbird
import Identity
import Logging
import Rendering
import Site

/// The gateway as people see it. Whatever is wrong with it, each page says so and shows the rest.
struct DashboardRoutes: Sendable {
    let site: PublishedSite
    let services: DashboardServices
    let gatekeeper: Gatekeeper
    private let seats = LiveSeats()

    init(site: PublishedSite, services: DashboardServices, gatekeeper: Gatekeeper) {
        self.site = site
        self.services = services
        self.gatekeeper = gatekeeper
    }

    var readings: GatewayReadings { GatewayReadings(link: services.link) }

    // MARK: Pages

    func overview(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        async let agentsRead = readings.agents()
        async let sessionsRead = readings.sessions()
        async let channelsRead = readings.channels()
        async let jobsRead = readings.jobs()
        let (agents, sessions, channels, jobs) = await (agentsRead, sessionsRead, channelsRead, jobsRead)
        let page = DashboardOverview(
            frame(agents.problem, sessions.problem, channels.problem, jobs.problem),
            agents: agents.value.map { Self.entries($0, sessions.value) }.map { Array($0.prefix(8)) },
            channels: channels.value.map { Array($0.map { ChannelEntry($0) }.prefix(8)) },
            jobs: jobs.value.map { Array($0.filter { $0.nextRunAt != nil || $0.state == .runs }.map { JobEntry($0) }.prefix(5)) },
            happenings: services.events.newest(for: GatewayRole(visitor.user.role), limit: 8).map { HappeningEntry($0) })
        return show { $0.dashboard(page, for: visitor.viewer, in: $1, now: $2) }
    }

    func agents(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        async let agentsRead = readings.agents()
        async let sessionsRead = readings.sessions()
        let (agents, sessions) = await (agentsRead, sessionsRead)
        let page = DashboardList(frame(agents.problem, sessions.problem), agents.value.map { Self.entries($0, sessions.value) })
        return show { $0.dashboardAgents(page, for: visitor.viewer, in: $1, now: $2) }
    }

    func sessions(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        async let agentsRead = readings.agents()
        async let sessionsRead = readings.sessions()
        let (agents, sessions) = await (agentsRead, sessionsRead)
        let query = String((request.uri.queryParameters["q"].map(String.init) ?? "").prefix(100))
        let words = query.lowercased()
        let found = sessions.value?.filter { session in
            words.isEmpty || [session.title, session.key, session.channel ?? ""].contains { $0.lowercased().contains(words) }
        }
        let defaultAgent = agents.value?.defaultID ?? agents.value?.agents.first?.id ?? "main"
        var page = DashboardList(frame(sessions.problem), found?.prefix(200).map { ConversationEntry($0, defaultAgent: defaultAgent) })
        page.query = query
        return show { $0.dashboardSessions(page, for: visitor.viewer, in: $1, now: $2) }
    }

    func channels(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let notice = Self.channelNotices[request.uri.queryParameters["notice"].map(String.init) ?? ""]
        return await showChannels(visitor, notice: notice)
    }

    func jobs(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let isRun = request.uri.queryParameters["notice"] == "run"
        return await showJobs(visitor, notice: isRun ? "The job is told to run now; it may have to wait for others." : nil)
    }

    func workflows(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let state: WorkflowsPage.State
        do {
            state =
                try await services.workflows?().prefix(500).map {
                    WorkflowEntry(id: $0.id, name: $0.name, state: $0.state, updatedAt: $0.updatedAt)
                }.asKnown ?? .none
        } catch let outage as StoreUnavailable {
            context.logger.error("Workflows are not available: \(outage)")
            state = .unavailable
        }
        let page = WorkflowsPage(frame(), state)
        return show { $0.dashboardWorkflows(page, for: visitor.viewer, in: $1, now: $2) }
    }

    func events(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let page = DashboardList(frame(), services.events.newest(for: GatewayRole(visitor.user.role)).map { HappeningEntry($0) })
        return show { $0.dashboardEvents(page, for: visitor.viewer, in: $1, now: $2) }
    }

    func logs(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let logs = await readings.logs()
        let isTroubleOnly = request.uri.queryParameters["show"] == "trouble"
        let lines = logs.value?.lines.filter { !isTroubleOnly || $0.isTrouble }
        let page = LogsPage(
            frame(logs.problem), lines?.map { LogEntry($0) }, isTroubleOnly: isTroubleOnly, isCut: logs.value?.isCut ?? false)
        return show { $0.dashboardLogs(page, for: visitor.viewer, in: $1, now: $2) }
    }

    // MARK: What administrators do

    func startChannel(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await setChannel(running: true, request, context, visitor)
    }

    func stopChannel(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        try await setChannel(running: false, request, context, visitor)
    }

    private func setChannel(
        running isRunning: Bool, _ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor
    ) async throws -> Response {
        let fields = try await request.form()
        guard let channel = fields.text("channel"), channel.utf8.count <= 128 else { throw WebError.malformed }
        let account = fields.text("account").map { String($0.prefix(128)) }
        var details = ["channel": channel]
        details["account"] = account
        do {
            try await readings.set(channel, account: account, running: isRunning)
        } catch {
            details["result"] = error.kind.rawValue
            await audit(isRunning ? .channelStarted : .channelStopped, request, context, visitor, details)
            return await showChannels(visitor, problem: error)
        }
        await audit(isRunning ? .channelStarted : .channelStopped, request, context, visitor, details)
        return .leading(to: "/dashboard/channels?notice=\(isRunning ? "started" : "stopped")")
    }

    private static let channelNotices = ["started": "The channel is told to start.", "stopped": "The channel is told to stop."]

    func runJob(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let fields = try await request.form()
        guard let id = fields.text("id"), id.utf8.count <= 256 else { throw WebError.malformed }
        var details = ["job": String(id.prefix(128))]
        do {
            try await readings.run(job: id)
        } catch {
            details["result"] = error.kind.rawValue
            await audit(.jobRun, request, context, visitor, details)
            return await showJobs(visitor, problem: error)
        }
        await audit(.jobRun, request, context, visitor, details)
        return .leading(to: "/dashboard/jobs?notice=run")
    }

    private func showChannels(_ visitor: Accounts.Visitor, notice: String? = nil, problem: GatewayProblem? = nil) async -> Response {
        let channels = await readings.channels()
        var page = DashboardList(frame(channels.problem), channels.value?.map { ChannelEntry($0) })
        page.frame.notice = notice.map { PageNotice(.done, $0) }
        page.frame.summary = problem?.words
        return show(problem) { $0.dashboardChannels(page, for: visitor.viewer, in: $1, now: $2) }
    }

    private func showJobs(_ visitor: Accounts.Visitor, notice: String? = nil, problem: GatewayProblem? = nil) async -> Response {
        let jobs = await readings.jobs()
        var page = DashboardList(frame(jobs.problem), jobs.value?.map { JobEntry($0) })
        page.frame.notice = notice.map { PageNotice(.done, $0) }
        page.frame.summary = problem?.words
        return show(problem) { $0.dashboardJobs(page, for: visitor.viewer, in: $1, now: $2) }
    }

    // MARK: Live

    /// What open pages look at again, and the words of one conversation as they come.
    func live(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let session = request.uri.queryParameters["session"].map(String.init)
        if let session, !SessionKey.isValid(session) { throw WebError.unknownParameter("session", "the key of a conversation") }
        // The edge leaves the body of HEAD out, and this one would have no end.
        guard request.method == .get else {
            return Response(status: .ok, headers: [.contentType: "text/event-stream"])
        }
        guard let seat = seats.take(visitor.user.id) else { throw WebError(GatewayProblem(.tooManyStreams, retryAfter: 10)) }
        let ending = gatekeeper.accounts.endings.ending(of: visitor.session.id)
        // A session that ended before anybody waited for its end has ended all the same.
        guard try await gatekeeper.visitor(request, context) != nil else { throw WebError.signInNeeded(request) }
        return LiveStream(
            link: services.link, role: GatewayRole(visitor.user.role), session: session, ending: ending, pause: services.pause, seat: seat,
            watch: { [services] onDeparture in services.watch(context.channel, onDeparture) }
        ).response
    }

    // MARK: Parts

    func frame(_ problems: GatewayProblem?...) -> DashboardFrame { DashboardFrame(services.link.state, problems: problems.compactMap(\.self)) }

    func audit(
        _ action: AuditAction, _ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor, _ details: [String: String]
    ) async {
        await services.audit(action, visitor, gatekeeper.client(request, context), details)
    }

    /// - Parameter problem: why what was asked for is not done; a page that only shows has none.
    func show(_ problem: GatewayProblem? = nil, _ render: (SiteDocuments, SiteSnapshot, Date) -> String) -> Response {
        let edition = site.current
        let status = problem.map { HTTPResponse.Status(code: $0.status == 401 ? 403 : $0.status) } ?? .ok
        var response = Response.page(render(edition.documents, edition.site, services.now()), status: status)
        response.headers[.retryAfter] = problem?.retryAfter.map { String($0) }
        return response
    }

    static func entries(_ agents: AgentsView, _ sessions: [SessionView]?) -> [AgentEntry] {
        agents.agents.map { AgentEntry($0, sessions: sessions, isDefault: $0.id == agents.defaultID) }
    }
}

extension Result where Failure == GatewayProblem {
    var value: Success? { if case .success(let value) = self { value } else { nil } }
    var problem: GatewayProblem? { if case .failure(let problem) = self { problem } else { nil } }
}

extension [WorkflowEntry] {
    fileprivate var asKnown: WorkflowsPage.State { .known(self) }
}

extension GatewayProblem {
    /// What went wrong and what to do, in a sentence or two.
    var words: String { "\(message) \(remedy)" }
}

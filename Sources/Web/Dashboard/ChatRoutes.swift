import FoundationEssentials
import Gateway
import HTTPTypes
import Hummingbird
import Identity
import Rendering
import Site

/// Conversations with agents: shown, continued, stopped.
struct ChatRoutes: Sendable {
    let desk: DashboardRoutes
    private let messages = RateLimit(burst: 20, interval: 2)

    init(desk: DashboardRoutes) { self.desk = desk }

    private static let longestMessage = 20_000

    func chat(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let run = request.uri.queryParameters["run"].map { String($0.prefix(200)) }
        return try await show(request.uri.queryParameters["session"].map(String.init), context, visitor, run: run)
    }

    func send(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let (agent, fields) = (try agent(context), try await request.form(limit: 256 * 1_024))
        let session = try session(fields["session"])
        let message = fields["message"].replacing("\r\n", with: "\n").trimmed
        let isProgram = AcceptHeader(request.headers[.accept]).prefers("application/json", to: "text/html")
        if let error = Self.error(of: message) {
            if isProgram { throw WebError.messageRefused(error) }
            return try await show(session, context, visitor, draft: FormField(fields["message"], error: error))
        }
        let id = fields.text("id").flatMap { UUID(uuidString: $0) } ?? desk.services.makeID()
        var details = ["agent": agent, "session": String(session.prefix(200))]
        let run: String?
        do throws(GatewayProblem) {
            if let wait = messages.take(visitor.user.id.uuidString, now: desk.services.now()) {
                throw GatewayProblem(.tooManyRequests, retryAfter: Int(wait.rounded(.up)))
            }
            run = try await desk.readings.send(message, to: session, id: id.uuidString.lowercased())
        } catch {
            details["result"] = error.kind.rawValue
            await desk.audit(.messageSent, request, context, visitor, details)
            if isProgram { throw WebError(error) }
            return try await show(session, context, visitor, draft: FormField(fields["message"]), id: id, problem: error)
        }
        await desk.audit(.messageSent, request, context, visitor, details)
        if isProgram { return try AccountAPI.json(SentDocument(run: run), status: .accepted) }
        return .leading(to: Self.address(agent, session, run: run ?? "sent") + "#end")
    }

    func stop(_ request: Request, _ context: WebContext, _ visitor: Accounts.Visitor) async throws -> Response {
        let (agent, fields) = (try agent(context), try await request.form())
        let session = try session(fields["session"])
        let isProgram = AcceptHeader(request.headers[.accept]).prefers("application/json", to: "text/html")
        var details = ["agent": agent, "session": String(session.prefix(200))]
        do {
            // What is only named so here is not a name of the gateway.
            try await desk.readings.stop(fields.text("run").flatMap { $0 == "sent" ? nil : $0 }, in: session)
        } catch {
            details["result"] = error.kind.rawValue
            await desk.audit(.answerStopped, request, context, visitor, details)
            if isProgram { throw WebError(error) }
            return try await show(session, context, visitor, problem: error)
        }
        await desk.audit(.answerStopped, request, context, visitor, details)
        if isProgram { return try AccountAPI.json(SentDocument(run: nil)) }
        return .leading(to: Self.address(agent, session) + "#end")
    }

    /// - Parameters:
    ///   - run: the answer that was just asked for, which the gateway may not know yet.
    ///   - id: of what is sent next.
    private func show(
        _ session: String?, _ context: WebContext, _ visitor: Accounts.Visitor, run: String? = nil, draft: FormField = FormField(), id: UUID? = nil,
        problem: GatewayProblem? = nil
    ) async throws -> Response {
        let agent = try agent(context)
        let agents = await desk.readings.agents()
        if let agents = agents.value, !agents.agents.contains(where: { $0.id == agent }) { throw WebError.agentUnknown }
        let key = try session.map { try self.session($0) } ?? "agent:\(agent):\(agents.value?.mainKey ?? "main")"
        let history = await desk.readings.history(key)
        let name = agents.value?.agents.first { $0.id == agent }?.name ?? agent
        let fresh = desk.services.makeID().uuidString.lowercased().prefix(8)
        var page = ChatPage(
            desk.frame(agents.problem, history.problem), agent: agent, agentName: name, session: key, newSession: "agent:\(agent):web-\(fresh)",
            draftID: (id ?? desk.services.makeID()).uuidString.lowercased())
        if let history = history.value {
            page.entries = history.messages.enumerated().map { number, message in
                ChatPage.Entry(message, number: number, agentName: name, render: desk.services.renderMarkdown)
            }
            page.isCut = history.isCut
            // Until the gateway says otherwise, what was asked last is being answered.
            page.isRunning = history.isRunning || run != nil && history.messages.last.map { $0.speaker == .person } ?? true
            page.run = history.run ?? run
        }
        page.draft = draft
        page.frame.summary = problem?.words
        if draft.error != nil, problem == nil {
            var response = desk.show { $0.chat(page, for: visitor.viewer, in: $1, now: $2) }
            response.status = .unprocessableContent
            return response
        }
        return desk.show(problem) { $0.chat(page, for: visitor.viewer, in: $1, now: $2) }
    }

    private func agent(_ context: WebContext) throws -> String {
        guard let id = context.parameters.get("agent"), AgentView.isID(id) else { throw WebError.agentUnknown }
        return id
    }

    private func session(_ key: String) throws -> String {
        guard SessionKey.isValid(key) else { throw WebError.unknownParameter("session", "the key of a conversation") }
        return key
    }

    private static func error(of message: String) -> String? {
        if message.isEmpty { return "Write something first." }
        // As the form counts it.
        return message.utf16.count > longestMessage ? "This is longer than \(longestMessage) characters: send it in parts." : nil
    }

    private static func address(_ agent: String, _ session: String, run: String? = nil) -> String {
        "/dashboard/chat/\(PercentEncoding.encodePath(agent))?session=\(PercentEncoding.encodeQueryValue(session))"
            + (run.map { "&run=\(PercentEncoding.encodeQueryValue($0))" } ?? "")
    }
}

/// What a page's script is told of a message that was taken.
private struct SentDocument: Encodable {
    let run: String?
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace || $0.isNewline }
        guard let last = lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[...last].drop(while: isSpace))
    }
}

extension WebError {
    static let agentUnknown = WebError(
        status: .notFound, title: "No such agent", message: "The gateway has no agent of this name.", remedy: "Choose one on the page of agents.")

    static func messageRefused(_ words: String) -> WebError {
        WebError(status: .unprocessableContent, title: "Not sent", message: words, remedy: "Change it and send it again.")
    }
}

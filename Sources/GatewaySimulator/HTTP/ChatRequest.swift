import JSON

/// What a body of `/v1/chat/completions` or `/v1/responses` asks for.
struct ChatRequest {
    let agent: ExampleAgent
    let model: String
    let message: String
    let isStream: Bool
    let wantsUsage: Bool
    /// Where the conversation is to be kept; `nil`: nowhere.
    let sessionKey: String?

    struct Problem: Error {
        let status: Int
        let message: String

        init(_ message: String, status: Int = 400) {
            self.status = status
            self.message = message
        }

        var json: JSONValue { ["error": ["message": .string(message), "type": "invalid_request_error"]] }
    }

    /// - Parameter field: where the messages are, `messages` or `input`.
    init(_ request: SimulatorRequest, field: String) throws(Problem) {
        // What is wrong with it does not matter.
        guard let body = try? JSONValue(parsing: request.body), case .object = body else { throw Problem("Invalid JSON body") }
        if let stream = body["stream"], stream.bool == nil { throw Problem("`stream` must be a boolean.") }
        model = body["model"]?.string ?? "openclaw"
        agent = try Self.agent(model, header: request.header("x-openclaw-agent-id"))
        for (name, range) in [("temperature", 0.0...2.0), ("top_p", 0...1), ("presence_penalty", -2...2), ("frequency_penalty", -2...2)] {
            guard let value = body[name] else { continue }
            guard let number = value.double, range.contains(number) else { throw Problem("`\(name)` is out of range.") }
        }
        if let stop = body["stop"], stop.array.count > 4 { throw Problem("`stop` has more than 4 items.") }
        for name in ["max_tokens", "max_completion_tokens"] {
            if let value = body[name] { guard let number = value.int, number > 0 else { throw Problem("`\(name)` must be a positive integer.") } }
        }
        guard let message = Self.lastMessage(body[field]) else { throw Problem("Missing user message in `\(field)`.") }
        self.message = message
        isStream = body["stream"]?.bool ?? false
        wantsUsage = body["stream_options"]?["include_usage"]?.bool ?? false
        if let key = request.header("x-openclaw-session-key") {
            guard !["subagent:", "cron:", "acp:"].contains(where: { key.hasPrefix($0) || key.contains(":\($0)") }) else {
                throw Problem("x-openclaw-session-key uses a reserved prefix.")
            }
            sessionKey = key.hasPrefix("agent:") ? key : "agent:\(agent.id):\(key)"
        } else {
            sessionKey = body["user"]?.string.map { "agent:\(Self.id(of: body, agent: request.header("x-openclaw-agent-id"))):openai-user:\($0)" }
        }
    }

    private static func id(of body: JSONValue, agent header: String?) -> String {
        // It has been found before.
        (try? agent(body["model"]?.string ?? "openclaw", header: header).id) ?? "main"
    }

    private static func agent(_ model: String, header: String?) throws(Problem) -> ExampleAgent {
        if let header {
            guard let agent = ExampleAgent.named(header) else { throw Problem("Unknown agent '\(header)'.") }
            return agent
        }
        if ["openclaw", "openclaw/default", "openclaw:default"].contains(model) { return ExampleAgent.all[0] }
        for prefix in ["openclaw/", "openclaw:", "agent:"] where model.hasPrefix(prefix) {
            guard let agent = ExampleAgent.named(String(model.dropFirst(prefix.count))) else {
                throw Problem("Unknown agent in `model`: '\(model)'.")
            }
            return agent
        }
        throw Problem("Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.")
    }

    /// A text, or the last message of the user among messages, whose content is a text or has parts.
    private static func lastMessage(_ value: JSONValue?) -> String? {
        if let text = value?.string { return text.isEmpty ? nil : text }
        guard let message = value?.array.last(where: { $0["role"]?.string == "user" }) else { return nil }
        if let text = message["content"]?.string { return text.isEmpty ? nil : text }
        let parts = message["content"]?.array.compactMap { $0["text"]?.string } ?? []
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
}

import JSON

/// A conversation.
struct ExampleSession: Sendable {
    struct Message: Sendable {
        let role: String
        let text: String
        let time: Int
        /// Why an agent said no more: `stop`, `aborted`.
        var stopReason: String?
    }

    let key: String
    let agentID: String
    let kind: String
    let label: String?
    let channel: String?
    var messages: [Message]
    var updatedAt: Int
    var activeRuns: [String] = []
    var lastStatus = "done"
    let id: String

    init(key: String, kind: String = "direct", label: String? = nil, channel: String? = nil, messages: [Message], now: Int) {
        self.key = key
        agentID = ExampleAgent.of(sessionKey: key).id
        self.kind = kind
        self.label = label
        self.channel = channel
        self.messages = messages
        updatedAt = messages.last?.time ?? now
        id = "session-" + key.split(separator: ":").joined(separator: "-")
    }

    /// As `sessions.list` tells it.
    var json: JSONValue {
        let characters = messages.reduce(0) { $0 + $1.text.utf8.count }
        let input = messages.count(where: { $0.role == "user" }) * 900 + characters / 8
        let output = characters / 4
        let agent = ExampleAgent.named(agentID) ?? ExampleAgent.all[0]
        let model = agent.model.split(separator: "/")
        var members: [String: JSONValue] = [
            "key": .string(key), "kind": .string(kind), "agentId": .string(agentID), "updatedAt": .integer(updatedAt), "sessionId": .string(id),
            "status": .string(activeRuns.isEmpty ? lastStatus : "running"), "hasActiveRun": .bool(!activeRuns.isEmpty),
            "activeRunIds": .array(activeRuns.map { .string($0) }), "inputTokens": .integer(input), "outputTokens": .integer(output),
            "totalTokens": .integer(input + output), "estimatedCostUsd": .number(Double(input * 3 + output * 15) / 1_000_000),
            "modelProvider": .string(String(model[0])), "model": .string(String(model[1])),
        ]
        members["displayName"] = .string(label ?? "\(agent.name) · main")
        if let label { members["label"] = .string(label) }
        if let channel { members["channel"] = .string(channel) }
        if let first = messages.first(where: { $0.role == "user" }) { members["derivedTitle"] = .string(String(first.text.prefix(60))) }
        if let last = messages.last { members["lastMessagePreview"] = .string(String(last.text.prefix(120))) }
        return .object(members)
    }

    /// - Parameter number: of the message in its session, from 1.
    func json(_ message: Message, number: Int) -> JSONValue {
        var json: [String: JSONValue] = [
            "role": .string(message.role), "content": [["type": "text", "text": .string(message.text)]], "timestamp": .integer(message.time),
            "__openclaw": ["id": .string("\(id)-\(number)"), "seq": .integer(number), "kind": "message"],
        ]
        json["stopReason"] = message.stopReason.map(JSONValue.string)
        return .object(json)
    }
}

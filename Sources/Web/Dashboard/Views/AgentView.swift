import JSON

/// An agent, as `agents.list` tells.
struct AgentView: Equatable, Sendable {
    var id: String
    var name: String
    /// A character that stands for it.
    var emblem: String?
    var model: String?

    /// `nil` without an id.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.words() ?? value["agentId"]?.words(), Self.isID(id) else { return nil }
        let identity = value["identity"]
        self.id = id
        name = identity?["name"]?.words(80) ?? value["name"]?.words(80) ?? id
        emblem = identity?["emoji"]?.words(8)?.first.map { String($0) }
        model = value["model"]?.words(80) ?? value["model"]?["primary"]?.words(80)
    }

    /// One segment of an address; the gateway's own are letters, digits, hyphens and underscores.
    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text != "." && text != ".."
            && text.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0 != ":" && $0.properties.generalCategory != .control }
    }
}

/// All agents.
struct AgentsView: Equatable, Sendable {
    var agents: [AgentView]
    var defaultID: String?
    /// The last part of the key of an agent's first conversation.
    var mainKey: String

    init(_ answer: JSONValue) {
        var seen: Set<String> = []
        agents = (answer["agents"] ?? []).array.prefix(500).compactMap(AgentView.init).filter { seen.insert($0.id).inserted }
        defaultID = answer["defaultId"]?.words()
        mainKey = answer["mainKey"]?.words(64) ?? "main"
    }
}

import JSON

/// One of the agents that are not there.
struct ExampleAgent: Sendable {
    let id: String
    let name: String
    let emoji: String
    let theme: String
    let model: String

    static let all = [
        ExampleAgent(id: "main", name: "Atlas (simulated)", emoji: "🧭", theme: "finds the way", model: "anthropic/claude-sonnet-4-5"),
        ExampleAgent(id: "scribe", name: "Scribe (simulated)", emoji: "✍️", theme: "writes things down", model: "anthropic/claude-haiku-4-5"),
        ExampleAgent(id: "lookout", name: "Lookout (simulated)", emoji: "🔭", theme: "watches over servers", model: "openai/gpt-5-mini"),
        ExampleAgent(id: "ledger", name: "Ledger (simulated)", emoji: "📒", theme: "keeps the accounts", model: "ollama/llama3.3"),
    ]

    static func named(_ id: String) -> ExampleAgent? { all.first { $0.id == id } }

    /// As `agents.list` tells it.
    var json: JSONValue {
        [
            "id": .string(id), "kind": "agent", "name": .string(name),
            "identity": ["name": .string(name), "theme": .string(theme), "emoji": .string(emoji)],
            "workspace": .string("~/.openclaw/workspace-\(id)"), "model": ["primary": .string(model), "fallbacks": []],
        ]
    }

    /// The agent that a session's key names: `agent:scribe:main`; the first where it names none.
    static func of(sessionKey: String) -> ExampleAgent {
        let parts = sessionKey.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0] == "agent" else { return all[0] }
        return named(String(parts[1])) ?? all[0]
    }
}

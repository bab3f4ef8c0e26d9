import FoundationEssentials
import JSON

/// A conversation, as `sessions.list` tells.
struct SessionView: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case working, quiet, failed
    }

    var key: String
    /// From the key: `agent:main:telegram:direct:17` belongs to `main`.
    var agentID: String?
    var title: String
    var preview: String?
    var channel: String?
    var updatedAt: Date?
    var state: State
    var tokens: Int?

    /// `nil` without a key that can be asked for again.
    init?(_ value: JSONValue) {
        guard let key = value["key"]?.string ?? value["sessionKey"]?.string, SessionKey.isValid(key) else { return nil }
        self.key = key
        agentID = SessionKey.agent(of: key) ?? value["agentId"]?.words()
        title =
            value["label"]?.words(120) ?? value["displayName"]?.words(120) ?? value["derivedTitle"]?.words(120) ?? SessionKey.title(of: key)
        preview = value["lastMessagePreview"]?.words(200)
        channel = value["channel"]?.words(40) ?? value["lastChannel"]?.words(40)
        if channel == "webchat" { channel = nil }
        updatedAt = value["updatedAt"]?.moment
        let isRunning = value["hasActiveRun"]?.bool ?? (value["status"]?.string == "running")
        state = isRunning ? .working : ["failed", "timeout"].contains(value["status"]?.string) ? .failed : .quiet
        tokens = value["totalTokens"]?.int.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The one that changed last comes first.
    static func list(_ answer: JSONValue) -> [SessionView] {
        var seen: Set<String> = []
        return (answer["sessions"] ?? []).array.prefix(1_000).compactMap(SessionView.init).filter { seen.insert($0.key).inserted }
            .sorted { ($0.updatedAt ?? .distantPast, $1.key) > ($1.updatedAt ?? .distantPast, $0.key) }
    }

    /// `950 tokens`, `12 k tokens`
    var size: String? { tokens.map { $0 < 1_000 ? "\($0) tokens" : $0 < 1_000_000 ? "\($0 / 1_000) k tokens" : "\($0 / 1_000_000) M tokens" } }
}

/// Names of conversations: `agent:main:main`.
enum SessionKey {
    /// What the gateway takes: 1 to 512 bytes without control characters.
    static func isValid(_ key: String) -> Bool {
        (1...512).contains(key.utf8.count) && key.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    static func agent(of key: String) -> String? {
        let parts = key.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "agent", AgentView.isID(String(parts[1])) else { return nil }
        return String(parts[1])
    }

    /// What is behind the agent: `telegram:direct:17`.
    static func title(of key: String) -> String {
        guard let agent = agent(of: key) else { return String(key.prefix(120)) }
        return String(key.dropFirst("agent:\(agent):".count).prefix(120))
    }
}

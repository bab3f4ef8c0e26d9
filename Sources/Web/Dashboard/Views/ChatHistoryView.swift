import FoundationEssentials
import JSON

/// What was said in a conversation, as `chat.history` tells.
struct ChatHistoryView: Equatable, Sendable {
    /// The newest last.
    var messages: [ChatMessageView]
    /// Whether there is more before the first of them.
    var isCut: Bool
    /// Whether an answer is being written.
    var isRunning: Bool
    var run: String?

    init(_ answer: JSONValue) {
        let told = (answer["messages"] ?? []).array
        messages = told.suffix(Self.mostMessages).compactMap(ChatMessageView.init)
        isCut = told.count > Self.mostMessages || answer["hasMore"]?.bool == true
        let running = answer["inFlightRun"]
        run = running?["runId"]?.words(200) ?? running?.words(200)
        isRunning = running != nil && running != false
    }

    static let mostMessages = 200
}

/// One message of a conversation.
struct ChatMessageView: Equatable, Sendable {
    enum Speaker: Equatable, Sendable {
        case person, agent, tool, system
    }

    var speaker: Speaker
    var text: String
    /// Names of the tools that it uses, or whose result it is.
    var tools: [String]
    var at: Date?
    var error: String?

    /// `nil` where nothing of it can be shown.
    init?(_ value: JSONValue) {
        // Some gateways wrap it.
        let value = value["message"].flatMap { $0.object.isEmpty ? nil : $0 } ?? value
        switch value["role"]?.string {
        case "user"?: speaker = .person
        case "assistant"?: speaker = .agent
        case "tool"?, "toolResult"?, "tool_result"?: speaker = .tool
        default: speaker = .system
        }
        var texts: [String] = []
        var tools: [String] = []
        for part in Self.parts(value).prefix(200) {
            switch part["type"]?.string {
            case "text"?, "input_text"?, "output_text"?, nil:
                if let text = part["text"]?.passage(Self.longest) ?? part.passage(Self.longest), !text.isEmpty { texts.append(text) }
            case "toolCall"?, "tool_call"?, "tool_use"?, "toolUse"?: tools.append(part["name"]?.words(60) ?? "a tool")
            case "image"?, "image_url"?, "input_image"?: texts.append("(An image)")
            case "file"?, "input_file"?, "audio"?, "attachment"?: texts.append("(A file)")
            // What an agent thinks is not what it says.
            default: break
            }
        }
        if speaker == .tool, let name = value["toolName"]?.words(60) ?? value["name"]?.words(60) { tools = [name] }
        let text = texts.joined(separator: "\n\n")
        self.text = text.count > Self.longest ? "\(text.prefix(Self.longest))…" : text
        self.tools = tools
        at = value["timestamp"]?.moment ?? value["ts"]?.moment ?? value["createdAt"]?.moment
        error = value["errorMessage"]?.words(500)
        if error == nil, value["stopReason"]?.string == "aborted" { error = "Stopped before it was complete." }
        guard !self.text.isEmpty || !tools.isEmpty || error != nil else { return nil }
    }

    /// What is written as a text is one part.
    private static func parts(_ value: JSONValue) -> [JSONValue] {
        guard let content = value["content"] ?? value["text"] else { return [] }
        if case .array(let parts) = content { return parts }
        return [content]
    }

    /// All that somebody reads of a message or an event.
    static func text(of value: JSONValue) -> String? { ChatMessageView(value)?.text ?? value.passage(longest) }

    private static let longest = 100_000
}

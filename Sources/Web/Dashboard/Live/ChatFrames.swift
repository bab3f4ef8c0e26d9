import Gateway
import JSON

/// What one viewer of a conversation is told of it: events in order, each once, with nothing left out unnoticed.
struct ChatFrames {
    private let session: String
    /// The last number of each answer that is being written.
    private var runs: [String: Int] = [:]

    init(session: String) { self.session = session }

    /// What to send for an event; `nil` where it is of another conversation, or was told already.
    ///
    /// `state` is `delta` (with `text`, and `replace` where it takes the place of all before), `final`, `aborted`, `error` (with `text`) or
    /// `gap`: something is missing, and the history has it.
    mutating func next(_ event: GatewayEvent) -> JSONValue? {
        let payload = event.payload
        guard event.name == "chat", payload["sessionKey"]?.string == session, let run = payload["runId"]?.words(200) else { return nil }
        let sequence = payload["seq"]?.int
        let last = runs[run]
        if let sequence, let last, sequence <= last { return nil }
        switch payload["state"]?.string {
        case "delta"?:
            if runs[run] == nil, runs.count >= Self.mostRuns { runs.removeAll() }
            let isMissed = last.map { last in sequence.map { $0 > last + 1 } ?? false } ?? ((sequence ?? 0) > 1)
            runs[run] = sequence ?? last ?? 0
            var frame: [String: JSONValue] = ["run": .string(run), "state": "delta"]
            let all = payload["message"].flatMap { ChatMessageView.text(of: $0) }
            if isMissed {
                guard let all else { return ["run": .string(run), "state": "gap"] }
                frame["text"] = .string(all)
                frame["replace"] = true
            } else if let delta = payload["deltaText"]?.passage(100_000) {
                frame["text"] = .string(delta)
                if payload["replace"]?.bool == true { frame["replace"] = true }
            } else if let all {
                frame["text"] = .string(all)
                frame["replace"] = true
            } else {
                return nil
            }
            return .object(frame)
        case let state? where ["final", "aborted", "error"].contains(state):
            runs[run] = nil
            var frame: [String: JSONValue] = ["run": .string(run), "state": .string(state)]
            if state == "error" {
                frame["text"] = .string(payload["errorMessage"]?.words(500) ?? "The answer failed.")
            } else if let all = payload["message"].flatMap({ ChatMessageView.text(of: $0) }), !all.isEmpty {
                frame["text"] = .string(all)
            }
            return .object(frame)
        default: return nil
        }
    }

    private static let mostRuns = 100
}

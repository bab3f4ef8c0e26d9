import JSON

/// `POST /tools/invoke`.
struct ToolCall {
    let core: SimulatorCore
    let exchange: Exchange

    private static let denied: Set<String> = [
        "exec", "spawn", "shell", "fs_write", "fs_delete", "fs_move", "apply_patch", "sessions_spawn", "sessions_send", "cron", "gateway", "nodes",
    ]

    func answer() {
        // What is wrong with it does not matter.
        guard let body = try? JSONValue(parsing: exchange.request.body), case .object = body else {
            return refuse(400, "invalid_request", "Invalid JSON body")
        }
        guard let tool = (body["tool"] ?? body["name"])?.string, !tool.isEmpty else {
            return refuse(400, "invalid_request", "tools.invoke requires body.tool")
        }
        guard tool == "sessions_list", !Self.denied.contains(tool) else { return refuse(404, "not_found", "Tool not available: \(tool)") }
        core.calls.add("tools.\(tool)")
        let limit = body["args"]?["limit"]?.int ?? 50
        let sessions = core.world.sessions.prefix(max(limit, 1)).map(\.json)
        let details: JSONValue = ["count": .integer(sessions.count), "sessions": .array(sessions)]
        exchange.json(200, ["ok": true, "result": ["content": [["type": "text", "text": .string(details.text)]], "details": details]])
    }

    private func refuse(_ status: Int, _ type: String, _ message: String) {
        exchange.json(status, ["ok": false, "error": ["type": .string(type), "message": .string(message)]])
    }
}

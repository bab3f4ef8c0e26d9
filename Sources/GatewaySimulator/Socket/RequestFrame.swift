import JSON

/// The shape of what callers send: a closed object.
enum RequestFrame {
    /// - Returns: what is wrong with it; empty where nothing is; `nil` where it is no frame at all.
    static func problem(of frame: JSONValue) -> String? {
        guard case .object(let members) = frame else { return nil }
        guard frame["type"]?.string == "req" else { return "at /type: must be equal to constant" }
        guard let id = frame["id"]?.string, !id.isEmpty else { return "at /id: must be a string" }
        guard let method = frame["method"]?.string, !method.isEmpty else { return "at /method: must be a string" }
        if let trace = frame["traceparent"] {
            guard let text = trace.string, text.utf8.count <= 128 else { return "at /traceparent: must NOT have more than 128 characters" }
        }
        return Schema.unexpected(members, beyond: ["type", "id", "method", "params", "traceparent"], at: "root") ?? ""
    }
}

/// Checks of closed objects.
enum Schema {
    /// - Returns: what to say of the first name that does not belong there.
    static func unexpected(_ members: [String: JSONValue], beyond names: Set<String>, at place: String) -> String? {
        members.keys.filter { !names.contains($0) }.min().map { "at \(place): unexpected property '\($0)'" }
    }
}

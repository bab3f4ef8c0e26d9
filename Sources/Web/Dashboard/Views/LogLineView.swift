import FoundationEssentials
import JSON

/// A line of the gateway's log, which is JSON in most cases.
struct LogLineView: Equatable, Sendable {
    var at: Date?
    /// In small letters; empty where the line has none.
    var level: String
    var source: String?
    var text: String

    init(_ line: String) {
        // Read leniently: what is no JSON is a line of text.
        guard line.hasPrefix("{"), line.utf8.count <= 64_000, let value = try? JSONValue(parsing: line.utf8) else {
            self.init(level: "", text: String(line.prefix(4_000)))
            return
        }
        let meta = value["_meta"]
        let parts = (0..<8).compactMap { value[String($0)] }.map { $0.string ?? $0.text }
        // The first part often names who speaks, as JSON of its own.
        var texts = parts[...]
        var source = value["subsystem"]?.words(60) ?? meta?["name"]?.words(60)
        if let first = parts.first, first.hasPrefix("{"), let named = try? JSONValue(parsing: first.utf8),
            let name = named["subsystem"]?.words(60) ?? named["module"]?.words(60)
        {
            source = name
            texts = texts.dropFirst()
        } else if source?.hasPrefix("{") == true {
            source = nil
        }
        let text = value["message"]?.string ?? value["msg"]?.string ?? texts.joined(separator: " ")
        self.init(
            at: value["time"]?.moment ?? meta?["date"]?.moment ?? value["ts"]?.moment ?? value["timestamp"]?.moment,
            level: (value["level"]?.words(12) ?? meta?["logLevelName"]?.words(12) ?? "").lowercased(), source: source,
            text: text.isEmpty ? String(line.prefix(4_000)) : String(text.prefix(4_000)))
    }

    private init(at: Date? = nil, level: String, source: String? = nil, text: String) {
        self.at = at
        self.level = level
        self.source = source
        self.text = text
    }

    var isError: Bool { ["error", "fatal", "critical"].contains(level) }
    var isTrouble: Bool { isError || ["warn", "warning"].contains(level) }
}

/// The end of the log, as `logs.tail` tells.
struct LogsView: Equatable, Sendable {
    /// The newest last.
    var lines: [LogLineView]
    var isCut: Bool

    init(_ answer: JSONValue) {
        lines = (answer["lines"] ?? []).array.suffix(1_000).compactMap(\.string).filter { !$0.isEmpty }.map(LogLineView.init)
        isCut = answer["truncated"]?.bool ?? false
    }
}

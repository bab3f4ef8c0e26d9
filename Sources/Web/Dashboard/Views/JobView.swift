import FoundationEssentials
import JSON

/// A scheduled job, as `cron.list` tells.
struct JobView: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case waits, runs, failed, off
    }

    var id: String
    var name: String
    var agentID: String?
    /// In words.
    var schedule: String
    var state: State
    var nextRunAt: Date?
    var lastRunAt: Date?
    /// What went wrong in the last run.
    var error: String?

    /// `nil` without an id.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.words(128) ?? value["jobId"]?.words(128) else { return nil }
        let running = value["state"] ?? [:]
        self.id = id
        name = value["name"]?.words(120) ?? id
        agentID = value["agentId"]?.words(80)
        schedule = Self.words(for: value["schedule"] ?? [:])
        let isEnabled = value["enabled"]?.bool ?? true
        nextRunAt = isEnabled ? running["nextRunAtMs"]?.moment : nil
        lastRunAt = running["lastRunAtMs"]?.moment
        let isFailed = (running["lastRunStatus"] ?? running["lastStatus"])?.string == "error"
        let failures = running["consecutiveErrors"]?.int ?? 0
        let times = failures > 1 ? "Failed \(failures) times in a row" : "The last run failed"
        error = isFailed ? (running["lastError"]?.words(300)).map { "\(times): \($0)" } ?? "\(times)." : nil
        state = !isEnabled ? .off : running["runningAtMs"]?.moment != nil ? .runs : isFailed ? .failed : .waits
    }

    /// Those that run next come first, those that never will last.
    static func list(_ answer: JSONValue) -> [JobView] {
        var seen: Set<String> = []
        return (answer["jobs"] ?? []).array.prefix(1_000).compactMap(JobView.init).filter { seen.insert($0.id).inserted }
            .sorted { ($0.nextRunAt ?? .distantFuture, $0.name, $0.id) < ($1.nextRunAt ?? .distantFuture, $1.name, $1.id) }
    }

    private static func words(for schedule: JSONValue) -> String {
        switch schedule["kind"]?.string {
        case "at": return "Once"
        case "every":
            guard let milliseconds = schedule["everyMs"]?.int, milliseconds > 0 else { return "Again and again" }
            for (length, unit) in [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")]
            where milliseconds % length == 0 {
                let count = milliseconds / length
                return count == 1 ? "Every \(unit)" : "Every \(count) \(unit)s"
            }
            return "Every \(milliseconds) ms"
        case "cron":
            guard let expression = schedule["expr"]?.words(80) else { return "On a schedule" }
            return schedule["tz"]?.words(40).map { "\(expression) (\($0))" } ?? expression
        case "on-exit": return "When a program ends"
        case "stream": return "For each line of a stream"
        case let kind?: return kind.prefix(1).uppercased() + kind.dropFirst().prefix(40)
        case nil: return "Schedule not told"
        }
    }
}

public import Logging

/// Writes one JSON object a line, for programs that collect logs:
/// `{"time":"2026-11-22T12:34:56.789Z","level":"info","message":"…","logger":"…","key":"value"}`.
///
/// Metadata follow as members of the same object, sorted by name; one with the name
/// of the first four gets `metadata.` before it. An error is told as `error.message`
/// and `error.type`.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let redacted: RedactedKeys
    private let now: @Sendable () -> LogTime
    private let write: @Sendable (String) -> Void

    private static let ownNames: Set<String> = ["time", "level", "message", "logger"]

    /// - Parameters:
    ///   - label: the logger's name.
    ///   - redacted: names whose values are never written, in nested dictionaries too.
    ///   - write: takes a line with its line feed, on the thread that logs; see ``LogOutput``.
    public init(
        label: String, logLevel: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil, redacted: RedactedKeys = .standard,
        now: @escaping @Sendable () -> LogTime, write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.logLevel = logLevel
        self.metadataProvider = metadataProvider
        self.redacted = redacted
        self.now = now
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var json = JSONText()
        json.raw("{\"time\":")
        json.string(now().rfc3339)
        json.raw(",\"level\":")
        json.string(event.level.rawValue)
        json.raw(",\"message\":")
        json.string(event.message.description)
        json.raw(",\"logger\":")
        json.string(label)
        let fields = LogFields(event, handler: metadata, provider: metadataProvider)
        for (key, value) in fields.sorted {
            json.raw(",")
            // Redaction goes by the name that was given.
            json.member(Self.memberName(key, fields.values), redacted.contains(key) ? .string(RedactedKeys.replacement) : value, redacting: redacted)
        }
        json.raw("}\n")
        write(json.text)
    }

    private static func memberName(_ key: String, _ others: Logger.Metadata) -> String {
        guard ownNames.contains(key) else { return key }
        var name = "metadata.\(key)"
        while others[name] != nil { name = "metadata.\(name)" }
        return name
    }
}

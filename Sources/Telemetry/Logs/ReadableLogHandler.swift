public import Logging

/// Writes lines for people at a terminal: `12:34:56 error  message  key=value`.
///
/// Metadata are sorted by name; a value with a blank, a quotation mark or an equals
/// sign is quoted. An error is told as `error.message` and `error.type`. Whatever a
/// stranger puts into a message, the line stays one line and no escape sequence
/// reaches the terminal.
public struct ReadableLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let isColoured: Bool
    private let redacted: RedactedKeys
    private let now: @Sendable () -> LogTime
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - isColoured: whether the level has a colour; off by default.
    ///   - redacted: names whose values are never written, in nested dictionaries too.
    ///   - now: its time of day is shown as it is, in UTC; add an offset for another zone.
    ///   - write: takes a line with its line feed, on the thread that logs; see ``LogOutput``.
    public init(
        logLevel: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil, isColoured: Bool = false,
        redacted: RedactedKeys = .standard,
        now: @escaping @Sendable () -> LogTime, write: @escaping @Sendable (String) -> Void
    ) {
        self.logLevel = logLevel
        self.metadataProvider = metadataProvider
        self.isColoured = isColoured
        self.redacted = redacted
        self.now = now
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let level = isColoured ? "\u{1B}[\(Self.colour(event.level))m\(event.level.rawValue)\u{1B}[0m" : event.level.rawValue
        var line = "\(now().timeOfDay) \(level)  \(TerminalText.safe(event.message.description))"
        var separator = "  "
        for (key, value) in LogFields(event, handler: metadata, provider: metadataProvider).sorted {
            line += separator
            line += pair(key, value)
            separator = " "
        }
        line += "\n"
        write(line)
    }

    private func pair(_ key: String, _ value: Logger.MetadataValue) -> String {
        "\(TerminalText.safe(key))=\(redacted.contains(key) ? RedactedKeys.replacement : text(value))"
    }

    private func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): Self.quoted(text)
        case .stringConvertible(let value): Self.quoted(value.description)
        case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .dictionary(let values): "{\(values.sorted { $0.key < $1.key }.map(pair).joined(separator: ", "))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let text = TerminalText.safe(text)
        guard text.isEmpty || text.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }) else {
            return text
        }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// The parameter of the terminal's command for colours (ECMA-48, SGR).
    private static func colour(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "2"
        case .info: "32"
        case .notice: "36"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }
}

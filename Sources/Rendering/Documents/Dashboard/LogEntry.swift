public import FoundationEssentials

/// One line of the gateway's log.
public struct LogEntry: Sendable, Equatable {
    public var at: Date?
    /// `info`; empty where the line has none.
    public var level: String
    /// The part of the gateway that wrote it.
    public var source: String?
    public var text: String
    public var tone: StateTone

    public init(at: Date? = nil, level: String = "", source: String? = nil, text: String, tone: StateTone = .plain) {
        self.at = at
        self.level = level
        self.source = source
        self.text = text
        self.tone = tone
    }
}

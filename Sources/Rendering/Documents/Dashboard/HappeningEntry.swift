public import FoundationEssentials

/// Something that the gateway told.
public struct HappeningEntry: Sendable, Equatable {
    public var at: Date
    public var text: String
    /// The gateway's name for it: `cron`.
    public var kind: String
    public var isTrouble: Bool

    public init(at: Date, text: String, kind: String, isTrouble: Bool = false) {
        self.at = at
        self.text = text
        self.kind = kind
        self.isTrouble = isTrouble
    }
}

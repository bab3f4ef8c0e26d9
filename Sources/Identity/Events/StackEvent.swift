public import FoundationEssentials

/// Something that happened in the stack and that people look at later: a start, a failure, a new device.
public struct StackEvent: Sendable, Equatable, Identifiable {
    public let id: UUID
    public let at: Date
    /// Which part of the stack says so: `landing`, `gateway`, …
    public let source: String
    /// A short name in lower case with hyphens, `gateway-down`.
    public let kind: String
    /// One sentence for people.
    public let text: String
    /// Whom it concerns; `nil` for everybody who may see events.
    public let userID: UUID?

    public init(id: UUID, at: Date, source: String, kind: String, text: String, userID: UUID? = nil) {
        self.id = id
        self.at = at
        self.source = source
        self.kind = kind
        self.text = text
        self.userID = userID
    }
}

/// Where events are kept. Each promise is a case of the store contracts.
public protocol EventLog: Sendable {
    /// An id that is there already changes nothing.
    func append(_ event: StackEvent) async throws

    /// The newest first; of two of one moment, the one with the greater id. Those of `userID` and of everybody, or
    /// all where it is `nil`.
    func recent(of userID: UUID?, limit: Int) async throws -> [StackEvent]

    /// Removes those before `time`, so that nothing grows without bound; how many.
    func remove(before time: Date) async throws -> Int
}

public import JSON

/// What the gateway tells without being asked.
public struct GatewayEvent: Sendable, Equatable {
    /// `chat`, `presence`, `cron`, `health`, …
    public let name: String
    public let payload: JSONValue
    /// Counts the events of a connection.
    public let sequence: Int?

    public init(name: String, payload: JSONValue, sequence: Int? = nil) {
        self.name = name
        self.payload = payload
        self.sequence = sequence
    }
}

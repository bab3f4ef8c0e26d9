public import FoundationEssentials

/// The audit trail. Only grows: there is no way to change or remove a line. Each promise is a case of the store contracts.
///
/// Every function throws `StoreUnavailable` (of the domain) where the store does not answer.
public protocol AuditLog: Sendable {
    /// Durable once it returns. An id that is there already changes nothing.
    func append(_ event: AuditEvent) async throws

    /// All of them as ``append(_:)-(AuditEvent)`` does one; where it throws, some may be there.
    func append(_ events: [AuditEvent]) async throws

    /// The newest first; of two of one moment, the one with the greater id.
    func events(_ query: AuditQuery) async throws -> [AuditEvent]
}

extension AuditLog {
    public func append(_ events: [AuditEvent]) async throws {
        for event in events { try await append(event) }
    }
}

/// Which lines; what is `nil` does not matter.
public struct AuditQuery: Sendable, Equatable {
    public var subject: UUID?
    public var actor: UUID?
    public var action: AuditAction?
    public var outcome: AuditEvent.Outcome?
    public var address: String?
    /// Behind this line in the order of the answer: for the next page.
    public var after: Position?
    /// From 0.
    public var limit: Int

    public struct Position: Sendable, Equatable {
        public let at: Date
        public let id: UUID

        public init(at: Date, id: UUID) {
            self.at = at
            self.id = id
        }
    }

    public init(
        subject: UUID? = nil, actor: UUID? = nil, action: AuditAction? = nil, outcome: AuditEvent.Outcome? = nil, address: String? = nil,
        after: Position? = nil, limit: Int = 50
    ) {
        self.subject = subject
        self.actor = actor
        self.action = action
        self.outcome = outcome
        self.address = address
        self.after = after
        self.limit = limit
    }
}

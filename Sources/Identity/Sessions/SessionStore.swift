public import FoundationEssentials

/// Where sessions are kept. Each promise is a case of the store contracts.
///
/// Every function throws `StoreUnavailable` (of the domain) where the store does not answer. What was removed
/// is gone for the next call of any process.
public protocol SessionStore: Sendable {
    func add(_ session: Session) async throws

    /// Gives what it has, also a session that is over but not yet removed: limits are the caller's.
    func session(tokenHash: [UInt8]) async throws -> Session?

    /// Notes a use. Never brings back a session that was removed, and never sets the time back.
    func touch(_ id: UUID, at time: Date, address: String?) async throws

    /// The one seen last comes first; of two, the one with the smaller id.
    func sessions(of userID: UUID) async throws -> [Session]

    /// Which of `ids` still exist; for connections that outlive a request.
    func existing(_ ids: Set<UUID>) async throws -> Set<UUID>

    /// - Parameter userID: whose it must be, so that nobody removes another's by guessing.
    /// - Returns: what was removed.
    func remove(_ id: UUID, of userID: UUID) async throws -> Session?

    /// - Parameter kept: the id of the one that stays.
    /// - Returns: what was removed.
    func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session]

    /// Removes those whose end has come, or that were last seen before `idle`; how many.
    func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int
}

/// Finds a session together with its account, for every request of a browser that is signed in.
///
/// The promise that all of them keep: a change of the session or the account (its end, a lock, another role) that was
/// acknowledged before a call began is in what that call gives, whichever process made the change. Only
/// `Session.lastSeenAt` and `Session.address` may be older; what depends on them asks the stores.
public protocol SessionLookup: Sendable {
    /// What holds at this moment and takes no waiting to know; `nil` where ``bearer(tokenHash:)`` has to be asked.
    ///
    /// For event loops: never blocks, makes no system call.
    func known(tokenHash: [UInt8]) -> SessionBearer?

    /// While this is what it was *before* ``known(tokenHash:)`` was asked, that holds; `nil` where it cannot be told so.
    ///
    /// For event loops, like that.
    var mark: SessionMark? { get }

    /// - Returns: `nil` where there is no such session, or no account to it.
    /// - Throws: `StoreUnavailable` (of the domain).
    func bearer(tokenHash: [UInt8]) async throws -> SessionBearer?
}

extension SessionLookup {
    public var mark: SessionMark? { nil }
}

/// A moment in what is known of sessions and accounts: another one once any of it may have changed.
public struct SessionMark: Sendable, Equatable {
    private let words: SIMD8<UInt64>

    public init(_ words: SIMD8<UInt64>) { self.words = words }
}

/// Asks the stores each time, one after the other.
public struct StoredSessionLookup: SessionLookup {
    private let users: any UserStore
    private let sessions: any SessionStore

    public init(users: any UserStore, sessions: any SessionStore) {
        self.users = users
        self.sessions = sessions
    }

    public func known(tokenHash: [UInt8]) -> SessionBearer? { nil }

    public func bearer(tokenHash: [UInt8]) async throws -> SessionBearer? {
        guard let session = try await sessions.session(tokenHash: tokenHash), let user = try await users.user(session.userID) else { return nil }
        return SessionBearer(session, of: user)
    }
}

import FoundationEssentials
import Identity

/// Sessions whose end is in force on every replica once it is acknowledged; see ``RedisSessionCache``.
struct SharedSessionStore: SessionStore {
    let cache: RedisSessionCache
    let stores: any SessionStore

    func add(_ session: Session) async throws { try await stores.add(session) }

    func session(tokenHash: [UInt8]) async throws -> Session? { try await stores.session(tokenHash: tokenHash) }

    func touch(_ id: UUID, at time: Date, address: String?) async throws { try await stores.touch(id, at: time, address: address) }

    func sessions(of userID: UUID) async throws -> [Session] { try await stores.sessions(of: userID) }

    func existing(_ ids: Set<UUID>) async throws -> Set<UUID> { try await stores.existing(ids) }

    func remove(_ id: UUID, of userID: UUID) async throws -> Session? {
        let removed = try await stores.remove(id, of: userID)
        // Also where it is gone already: whoever removed it may have died before saying so here.
        await cache.forget(userID)
        return removed
    }

    func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session] {
        let removed = try await stores.removeAll(of: userID, except: kept)
        await cache.forget(userID)
        return removed
    }

    /// Those are over by their own times, wherever they are kept.
    func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int {
        try await stores.removeExpired(at: now, lastSeenBefore: idle)
    }
}

/// Accounts whose changes are in force on every replica once they are acknowledged; see ``RedisSessionCache``.
struct SharedUserStore: UserStore {
    let cache: RedisSessionCache
    let stores: any UserStore

    func add(_ user: User) async throws { try await stores.add(user) }

    func user(_ id: UUID) async throws -> User? { try await stores.user(id) }

    func user(email: EmailAddress) async throws -> User? { try await stores.user(email: email) }

    func update(_ user: User) async throws -> User {
        let changed = try await stores.update(user)
        await cache.forget(user.id)
        return changed
    }

    func delete(_ id: UUID) async throws -> Bool {
        let wasThere = try await stores.delete(id)
        await cache.forget(id)
        return wasThere
    }

    func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] {
        try await stores.users(matching: text, after: email, limit: limit)
    }

    func count(_ role: Role) async throws -> Int { try await stores.count(role) }
}

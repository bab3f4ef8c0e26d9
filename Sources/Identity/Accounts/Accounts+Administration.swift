public import FoundationEssentials
import Site

/// What administrators do with accounts, on pages or on the command line.
extension Accounts {
    public func user(_ id: UUID) async throws -> User {
        guard let user = try await stores.users.user(id) else { throw AccountProblem.notFound }
        return user
    }

    public func user(email: String) async throws -> User {
        guard let email = EmailAddress(email) else { throw AccountProblem.emailInvalid }
        guard let user = try await stores.users.user(email: email) else { throw AccountProblem.notFound }
        return user
    }

    public func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] {
        try await stores.users.users(matching: text, after: email, limit: limit)
    }

    /// - Parameter password: `nil` where the person chooses it with a link.
    public func create(
        email: String, name: String, role: Role, password: String?, by actor: UUID?, _ client: Client
    ) async throws -> User {
        let address = try Self.checkedEmail(email)
        let hash: PasswordHash? = if let password { try await checkedHash(password, address) } else { nil }
        let user = User(id: means.makeID(), email: address, name: try Self.checkedName(name), role: role, password: hash, createdAt: now)
        try await add(user, by: actor, client)
        return user
    }

    /// Ends the sessions of whoever may do less from now on; who may do more gets a new one at the next sign-in.
    public func setRole(_ role: Role, of id: UUID, by actor: UUID?, _ client: Client) async throws -> User {
        try await requireAudit()
        let before = try await user(id)
        guard before.role != role else { return before }
        let user =
            if before.role == .admin {
                try await withdrawAdministrator(before) { $0.role = role }
            } else {
                try await change(id) { $0.role = role }
            }
        _ = try await revokeAll(of: id, by: actor, client)
        try await record(.roleChanged, by: actor, about: id, client, ["from": before.role.rawValue, "to": role.rawValue])
        return user
    }

    /// Keeps a person out: every session ends.
    public func lock(_ id: UUID, by actor: UUID?, _ client: Client) async throws -> User {
        try await requireAudit()
        let before = try await user(id)
        let moment = now
        var user = before
        if before.lockedAt == nil {
            user =
                if before.role == .admin {
                    try await withdrawAdministrator(before) { $0.lockedAt = moment }
                } else {
                    try await change(id) { $0.lockedAt = $0.lockedAt ?? moment }
                }
        }
        // Also where it was locked already: what was begun before may not have come to its end.
        _ = try await revokeAll(of: id, by: actor, client)
        if before.lockedAt == nil { try await record(.accountLocked, by: actor, about: id, client) }
        return user
    }

    public func unlock(_ id: UUID, by actor: UUID?, _ client: Client) async throws -> User {
        try await requireAudit()
        _ = try await revokeAll(of: id, by: actor, client)
        let user = try await change(id) { $0.lockedAt = nil }
        try await record(.accountUnlocked, by: actor, about: id, client)
        return user
    }

    /// Chooses a password for somebody; every session of the account ends.
    public func setPassword(_ password: String, of id: UUID, by actor: UUID?, _ client: Client) async throws -> User {
        try await requireAudit()
        let user = try await setPassword(try await checkedHash(password, try await user(id).email), of: id)
        try await record(.passwordReset, by: actor, about: id, client)
        return user
    }

    public func deleteAccount(_ id: UUID, by actor: UUID?, _ client: Client) async throws {
        try await requireAudit()
        try await delete(try await user(id), by: actor, client)
    }

    /// The whole trail.
    public func audit(_ query: AuditQuery) async throws -> [AuditEvent] { try await stores.audit.events(query) }

    /// Removes what has ended, and events older than `days`; to be called now and then.
    public func sweep(eventDays days: Int = 90) async throws {
        let now = now
        _ = try await stores.sessions.removeExpired(at: now, lastSeenBefore: now.addingTimeInterval(-settings.limits.idle))
        _ = try await stores.links.removeExpired(at: now)
        _ = try await stores.events.remove(before: now.addingTimeInterval(-Double(days) * 86_400))
    }

    /// Ends connections of sessions that another process has ended; to be called each second.
    public func endLostSessions() async throws {
        let watched = endings.watched
        guard !watched.isEmpty else { return }
        endings.endHere(watched.subtracting(try await stores.sessions.existing(watched)))
    }

    /// Takes an administrator's power away, unless nobody would have it then; invitations end too, and the resets that the
    /// administrator made, since one may have been kept.
    func withdrawAdministrator(_ user: User, _ body: @Sendable (inout User) -> Void) async throws -> User {
        if user.lockedAt == nil, try await stores.users.count(.admin) <= 1 { throw AccountProblem.lastAdministrator }
        let changed = try await change(user.id, body)
        guard try await stores.users.count(.admin) > 0 else {
            // Another one did the same at the same moment; one of the two stays.
            let (role, lockedAt) = (user.role, user.lockedAt)
            _ = try await change(user.id) {
                $0.role = role
                $0.lockedAt = lockedAt
            }
            throw AccountProblem.lastAdministrator
        }
        try await stores.links.removeAll(.signUp, of: nil)
        try await removeResetLinks(madeBy: user.id)
        return changed
    }

    /// The trail knows whose they are; it was told before anybody was given one.
    private func removeResetLinks(madeBy administrator: UUID) async throws {
        let earliest = now.addingTimeInterval(-settings.resetLife)
        var query = AuditQuery(actor: administrator, action: .linkMade, limit: 200)
        var people: Set<UUID> = []
        while true {
            let lines = try await stores.audit.events(query)
            people.formUnion(lines.lazy.filter { $0.at >= earliest }.compactMap(\.subject))
            guard lines.count == query.limit, let last = lines.last, last.at >= earliest else { break }
            query.after = AuditQuery.Position(at: last.at, id: last.id)
        }
        for person in people { try await stores.links.removeAll(.passwordReset, of: person) }
    }

    /// For what an administrator was given: refused where the power went while it was made.
    func requireAdministrator(_ actor: UUID?) async throws {
        guard let actor else { return }
        guard let user = try await stores.users.user(actor), user.role == .admin, user.lockedAt == nil else { throw AccountProblem.notAllowed }
    }
}

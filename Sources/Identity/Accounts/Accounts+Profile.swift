import FoundationEssentials
import Site

/// What people do with their own account.
extension Accounts {
    public func changeName(_ name: String, of visitor: Visitor, _ client: Client) async throws -> User {
        let name = try Self.checkedName(name)
        try await take(.change, visitor.user.id.uuidString)
        try await requireAudit()
        let user = try await change(visitor.user.id) { $0.name = name }
        try await record(.nameChanged, by: user.id, about: user.id, session: visitor.session.id, client)
        return user
    }

    public func changeEmail(_ email: String, password: String, of visitor: Visitor, _ client: Client) async throws -> User {
        let email = try Self.checkedEmail(email)
        let known = try await confirmed(visitor.user, password, client)
        let user = try await change(visitor.user.id) { user in
            try Self.require(known, in: user)
            user.email = email
        }
        // A link to the old address must not open the account any more.
        try await stores.links.removeAll(.passwordReset, of: user.id)
        try await record(.emailChanged, by: user.id, about: user.id, session: visitor.session.id, client)
        return user
    }

    /// Ends all other sessions, and begins this one anew.
    public func changePassword(to new: String, from old: String, of visitor: Visitor, _ client: Client) async throws -> SignedIn {
        let known = try await confirmed(visitor.user, old, client)
        let user = try await setPassword(try await checkedHash(new, known.email), of: known.id, provenBy: known)
        try await record(.passwordChanged, by: user.id, about: user.id, session: visitor.session.id, client)
        return try await begin(user, visitor.session.method, replacing: nil, client)
    }

    /// Ends every session and every link of the account: whoever had the old password is out.
    ///
    /// - Parameter known: the account whose password was proven, if that is why it may be changed.
    func setPassword(_ hash: PasswordHash, of id: UUID, provenBy known: User? = nil) async throws -> User {
        let moment = now
        let user = try await change(id) { user in
            if let known { try Self.require(known, in: user) }
            user.password = hash
            user.passwordChangedAt = moment
            // Whoever is put out by this may have seen its secret.
            if user.secondFactor?.isConfirmed == false { user.secondFactor = nil }
        }
        try await stores.links.removeAll(.passwordReset, of: id)
        try await stores.links.removeAll(.secondFactor, of: id)
        let ended = try await stores.sessions.removeAll(of: id, except: nil)
        endings.end(ended.map(\.id))
        return user
    }

    // MARK: Second factor

    /// A new secret, which counts once a code of it was shown. One that counts already stays.
    ///
    /// - Returns: the secret: for the page that shows it, and for nothing else.
    public func beginSecondFactor(of visitor: Visitor) async throws -> [UInt8] {
        let secret = means.randomBytes(TimeBasedCode.secretLength)
        let user = try await change(visitor.user.id) { user in
            guard !user.hasSecondFactor else { throw AccountProblem.notAllowed }
            user.secondFactor = SecondFactor(secret: secret)
        }
        return user.secondFactor?.secret ?? secret
    }

    /// - Returns: recovery codes, which are shown once.
    public func confirmSecondFactor(code: String, password: String, of visitor: Visitor, _ client: Client) async throws -> [String] {
        let known = try await confirmed(visitor.user, password, client)
        try await take(.code, visitor.user.id.uuidString)
        let recovery = newRecoveryCodes()
        let (codes, moment) = (codes, now)
        let user = try await change(visitor.user.id) { user in
            try Self.require(known, in: user)
            guard var factor = user.secondFactor, !factor.isConfirmed else { throw AccountProblem.notAllowed }
            guard let step = codes.step(of: code, factor.secret, at: moment, after: factor.lastStep) else { throw AccountProblem.wrongCode }
            factor.isConfirmed = true
            factor.lastStep = step
            factor.recoveryHashes = recovery.hashes
            user.secondFactor = factor
        }
        await attempts.reset(.code, user.id.uuidString)
        try await record(.secondFactorAdded, by: user.id, about: user.id, session: visitor.session.id, client)
        return recovery.codes
    }

    /// New recovery codes; the old ones are good for nothing any more.
    public func renewRecoveryCodes(password: String, of visitor: Visitor, _ client: Client) async throws -> [String] {
        let known = try await confirmed(visitor.user, password, client)
        let recovery = newRecoveryCodes()
        let user = try await change(visitor.user.id) { user in
            try Self.require(known, in: user)
            guard user.hasSecondFactor else { throw AccountProblem.notAllowed }
            user.secondFactor?.recoveryHashes = recovery.hashes
        }
        try await record(.recoveryCodesMade, by: user.id, about: user.id, session: visitor.session.id, client)
        return recovery.codes
    }

    public func removeSecondFactor(password: String, of visitor: Visitor, _ client: Client) async throws {
        let known = try await confirmed(visitor.user, password, client)
        let user = try await change(visitor.user.id) { user in
            try Self.require(known, in: user)
            user.secondFactor = nil
        }
        try await record(.secondFactorRemoved, by: user.id, about: user.id, session: visitor.session.id, client)
    }

    private func newRecoveryCodes() -> (codes: [String], hashes: [[UInt8]]) {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.make(means.randomBytes(RecoveryCode.randomLength)) }
        return (codes, codes.compactMap { RecoveryCode.normalized($0).map(means.sha256) })
    }

    // MARK: Data

    /// Everything that is kept about a person, but no secret.
    public struct Export: Sendable {
        public let user: User
        public let sessions: [Session]
        public let activity: [AuditEvent]
        public let events: [StackEvent]
    }

    public func export(of visitor: Visitor, _ client: Client) async throws -> Export {
        try await take(.change, visitor.user.id.uuidString)
        guard let user = try await stores.users.user(visitor.user.id) else { throw AccountProblem.notFound }
        try await record(.accountExported, by: user.id, about: user.id, session: visitor.session.id, client)
        var activity: [AuditEvent] = []
        while activity.count < 10_000 {
            let position = activity.last.map { AuditQuery.Position(at: $0.at, id: $0.id) }
            let page = try await stores.audit.events(AuditQuery(subject: user.id, after: position, limit: 500))
            activity += page
            if page.count < 500 { break }
        }
        return Export(
            user: user, sessions: try await stores.sessions.sessions(of: user.id), activity: activity,
            events: try await stores.events.recent(of: user.id, limit: 1_000).filter { $0.userID == user.id })
    }

    /// Removes the account. The audit trail keeps its lines, which know it by its id only.
    public func deleteOwnAccount(password: String, of visitor: Visitor, _ client: Client) async throws {
        let user = try await confirmed(visitor.user, password, client)
        try await delete(user, by: user.id, client)
    }

    func delete(_ user: User, by actor: UUID?, _ client: Client) async throws {
        if user.role == .admin, user.lockedAt == nil {
            // As a user first: of two administrators who delete each other at once, one finds it out here.
            _ = try await withdrawAdministrator(user) { $0.role = .user }
        }
        let ended = try await stores.sessions.removeAll(of: user.id, except: nil)
        endings.end(ended.map(\.id))
        guard try await stores.users.delete(user.id) else { throw AccountProblem.notFound }
        try await record(.accountDeleted, by: actor, about: user.id, client)
    }
}

public import FoundationEssentials
import Site

/// Links that work once: the first administrator's, invitations, and resets of passwords.
extension Accounts {
    /// What the page of a link shows before it is used.
    public struct LinkFacts: Sendable, Equatable {
        public let purpose: OneTimeLink.Purpose
        /// Of the account that is made or opened.
        public let email: EmailAddress?
        public let role: Role
    }

    // MARK: Made

    /// Whether nobody can administer the site yet.
    public func needsFirstAdministrator() async throws -> Bool { try await stores.users.count(.admin) == 0 }

    /// For the log of the first start. Earlier ones are good for nothing any more.
    public func makeFirstAdministratorLink() async throws -> SessionToken {
        guard try await needsFirstAdministrator() else { throw AccountProblem.notAllowed }
        try await stores.links.removeAll(.firstAdministrator, of: nil)
        return try await makeLink(.firstAdministrator, role: .admin, life: 86_400)
    }

    /// - Parameter email: for whom it is; `nil` for whoever has it.
    public func invite(_ email: String?, as role: Role, by actor: UUID?, _ client: Client) async throws -> SessionToken {
        try await requireAudit()
        let email = try email.map(Self.checkedEmail)
        if let email, try await stores.users.user(email: email) != nil { throw AccountProblem.emailTaken }
        let token = try await makeLink(.signUp, role: role, email: email, life: settings.invitationLife)
        try await record(.linkMade, by: actor, about: nil, client, ["purpose": "sign-up", "role": role.rawValue])
        return try await keptByAdministrator(token, actor)
    }

    /// A link with which the person chooses a new password.
    public func makeResetLink(for userID: UUID, by actor: UUID?, _ client: Client) async throws -> SessionToken {
        try await requireAudit()
        guard let user = try await stores.users.user(userID) else { throw AccountProblem.notFound }
        try await stores.links.removeAll(.passwordReset, of: user.id)
        let token = try await makeLink(.passwordReset, of: user.id, life: settings.resetLife)
        try await record(.linkMade, by: actor, about: user.id, client, ["purpose": "password-reset"])
        return try await keptByAdministrator(token, actor)
    }

    /// Whoever takes the power of `actor` away after this look finds the link, and removes it.
    private func keptByAdministrator(_ token: SessionToken, _ actor: UUID?) async throws -> SessionToken {
        do {
            try await requireAdministrator(actor)
        } catch {
            _ = try await stores.links.take(tokenHash: hash(token), at: now)
            throw error
        }
        return token
    }

    private func makeLink(
        _ purpose: OneTimeLink.Purpose, of userID: UUID? = nil, role: Role = .user, email: EmailAddress? = nil, life: TimeInterval
    ) async throws -> SessionToken {
        let token = newToken()
        let now = now
        try await stores.links.add(
            OneTimeLink(
                tokenHash: hash(token), purpose: purpose, userID: userID, role: role, email: email, createdAt: now,
                expiresAt: now.addingTimeInterval(life)))
        return token
    }

    // MARK: Used

    /// Does not use it up: programs that look at addresses before people do must not spend it.
    public func facts(of token: SessionToken) async throws -> LinkFacts {
        guard let link = try await stores.links.link(tokenHash: hash(token), at: now) else { throw AccountProblem.linkInvalid }
        guard link.purpose == .passwordReset else {
            guard try await isGood(link) else { throw AccountProblem.linkInvalid }
            return LinkFacts(purpose: link.purpose, email: link.email, role: link.role)
        }
        guard let id = link.userID, let user = try await stores.users.user(id) else { throw AccountProblem.linkInvalid }
        return LinkFacts(purpose: link.purpose, email: user.email, role: user.role)
    }

    /// Makes an account and signs it in.
    ///
    /// - Parameter link: an invitation; needs none where sign-up is open.
    public func signUp(
        name: String, email: String, password: String, link token: SessionToken?, replacing old: SessionToken? = nil, _ client: Client
    ) async throws -> SignedIn {
        try await take(.link, client.network)
        try await requireAudit()
        var role = Role.user
        var email = email
        var linkHash: [UInt8]?
        if let token {
            let hash = hash(token)
            guard let link = try await stores.links.link(tokenHash: hash, at: now), try await isGood(link) else { throw AccountProblem.linkInvalid }
            role = link.role
            if let invited = link.email { email = invited.text }
            linkHash = hash
        } else if settings.signUp != .open {
            throw AccountProblem.signUpClosed
        }
        let address = try Self.checkedEmail(email)
        let user = User(
            id: means.makeID(), email: address, name: try Self.checkedName(name), role: role, password: try await checkedHash(password, address),
            createdAt: now)
        if try await stores.users.user(email: address) != nil { throw AccountProblem.emailTaken }
        // Used up only now that all else is right: a mistake in the form must not cost the link.
        if let linkHash {
            guard try await stores.links.take(tokenHash: linkHash, at: now) != nil else { throw AccountProblem.linkInvalid }
        }
        try await add(user, by: user.id, client)
        if role == .admin { try await stores.links.removeAll(.firstAdministrator, of: nil) }
        return try await begin(user, linkHash == nil ? .password : .link, replacing: old, client)
    }

    /// Chooses a new password with a link; every session of the account ends.
    ///
    /// Does not sign in: whoever has a second factor still needs it.
    public func resetPassword(to password: String, link token: SessionToken, _ client: Client) async throws -> User {
        try await take(.link, client.network)
        try await requireAudit()
        let hash = hash(token)
        guard let link = try await stores.links.link(tokenHash: hash, at: now), link.purpose == .passwordReset, let id = link.userID,
            let user = try await stores.users.user(id)
        else { throw AccountProblem.linkInvalid }
        // Hashed before the link is used up: while too many are hashed at once, the link stays good.
        let new = try await checkedHash(password, user.email)
        guard try await stores.links.take(tokenHash: hash, at: now) != nil else { throw AccountProblem.linkInvalid }
        let changed = try await setPassword(new, of: id)
        try await record(.passwordReset, by: id, about: id, client)
        return changed
    }

    /// Whether an account may be made with it now.
    private func isGood(_ link: OneTimeLink) async throws -> Bool {
        switch link.purpose {
        case .signUp: true
        case .firstAdministrator: try await needsFirstAdministrator()
        case .passwordReset, .secondFactor: false
        }
    }

    func checkedHash(_ password: String, _ email: EmailAddress) async throws -> PasswordHash {
        try Self.checkPassword(password, email)
        return try await hasher.hash(password)
    }

    func add(_ user: User, by actor: UUID?, _ client: Client) async throws {
        do {
            try await stores.users.add(user)
        } catch UserConflict.emailTaken {
            throw AccountProblem.emailTaken
        }
        try await record(.accountCreated, by: actor, about: user.id, client, ["role": user.role.rawValue])
    }
}

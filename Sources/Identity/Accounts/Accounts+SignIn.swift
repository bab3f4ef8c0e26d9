public import FoundationEssentials
import Site

extension Accounts {
    /// A session that was just begun.
    public struct SignedIn: Sendable {
        /// For the browser; nobody else ever has it.
        public let token: SessionToken
        public let session: Session
        public let user: User
        /// Nobody has signed in to this account with such a program before, though somebody has with another.
        public let isNewDevice: Bool
    }

    /// Somebody with a session that lives.
    public struct Visitor: Sendable {
        public var user: User
        public var session: Session
    }

    // MARK: In

    /// Begins a session for who knows the password, and the code where there is a second factor.
    ///
    /// Takes as long for unknown people. An earlier session of the same browser ends with it.
    /// - Parameters:
    ///   - code: of the second factor, or a recovery code.
    ///   - old: what the browser had until now.
    /// - Throws: ``AccountProblem``: `wrongCredentials`, `codeNeeded`, `wrongCode`, `locked`, `tooManyAttempts`.
    public func signIn(
        email: String, password: String, code: String? = nil, replacing old: SessionToken? = nil, _ client: Client
    ) async throws -> SignedIn {
        let address = EmailAddress(email)
        let key = address?.text ?? "-"
        try await take(.address, client.network)
        try await take(.accountFromAddress, "\(key) \(client.network)")
        try await take(.account, key)
        let user: User? = if let address { try await stores.users.user(email: address) } else { nil }
        // More than that is nobody's password, and would only cost time.
        let tried = password.utf8.count <= 4 * PasswordPolicy.length.upperBound ? password : ""
        let verdict = try await hasher.verify(tried, against: user?.password)
        guard verdict != .wrong, var user else {
            await recordRefusal(about: user?.id, client, reason: user == nil ? "unknown" : "password")
            throw AccountProblem.wrongCredentials
        }
        guard user.lockedAt == nil else {
            await recordRefusal(about: user.id, client, reason: "locked")
            throw AccountProblem.locked
        }
        if verdict == .rightButOutdated {
            let hash = try await hasher.hash(password)
            let outdated = user
            user = try await change(user.id) { user in
                try Self.require(outdated, in: user)
                user.password = hash
            }
        }
        var method = SignInMethod.password
        if user.hasSecondFactor {
            guard let code, !code.isEmpty else { throw AccountProblem.codeNeeded(ticket: try await makeTicket(user)) }
            method = try await check(code, of: user, client)
        }
        return try await begin(user, method, replacing: old, client)
    }

    /// The second half of ``signIn(email:password:code:replacing:_:)``, for a form that asks for the code by itself.
    ///
    /// - Throws: ``AccountProblem``: `linkInvalid` where the ticket has ended, `wrongCode`, `locked`, `tooManyAttempts`.
    public func signIn(ticket: SessionToken, code: String, replacing old: SessionToken? = nil, _ client: Client) async throws -> SignedIn {
        let hash = hash(ticket)
        guard let link = try await stores.links.link(tokenHash: hash, at: now), link.purpose == .secondFactor, let id = link.userID,
            let user = try await stores.users.user(id), user.hasSecondFactor
        else { throw AccountProblem.linkInvalid }
        guard user.lockedAt == nil else { throw AccountProblem.locked }
        // The password was changed since: what was proven counts no more.
        guard user.passwordChangedAt.map({ $0 <= link.createdAt }) ?? true else { throw AccountProblem.linkInvalid }
        let method = try await check(code, of: user, client)
        guard try await stores.links.take(tokenHash: hash, at: now) != nil else { throw AccountProblem.linkInvalid }
        return try await begin(user, method, replacing: old, client)
    }

    private func makeTicket(_ user: User) async throws -> SessionToken {
        let ticket = newToken()
        try await stores.links.removeAll(.secondFactor, of: user.id)
        let now = now
        try await stores.links.add(
            OneTimeLink(
                tokenHash: hash(ticket), purpose: .secondFactor, userID: user.id, createdAt: now,
                expiresAt: now.addingTimeInterval(settings.ticketLife)))
        return ticket
    }

    /// Takes a code of the second factor, or a recovery code, so that it is never good again.
    private func check(_ code: String, of user: User, _ client: Client) async throws -> SignInMethod {
        try await take(.code, user.id.uuidString)
        let moment = now
        let recovery = RecoveryCode.normalized(code).map(means.sha256)
        let codes = codes
        do {
            var method = SignInMethod.passwordAndCode
            _ = try await change(user.id) { user in
                guard var factor = user.secondFactor else { throw AccountProblem.wrongCode }
                if let step = codes.step(of: code, factor.secret, at: moment, after: factor.lastStep) {
                    factor.lastStep = step
                } else if let recovery, let index = factor.recoveryHashes.firstIndex(where: { ConstantTime.areEqual($0, recovery) }) {
                    factor.recoveryHashes.remove(at: index)
                } else {
                    throw AccountProblem.wrongCode
                }
                user.secondFactor = factor
            }
            if recovery != nil { method = .passwordAndRecoveryCode }
            await attempts.reset(.code, user.id.uuidString)
            if method == .passwordAndRecoveryCode { try await record(.recoveryCodeUsed, by: user.id, about: user.id, client) }
            return method
        } catch AccountProblem.wrongCode {
            await recordRefusal(about: user.id, client, reason: "code")
            throw AccountProblem.wrongCode
        }
    }

    /// Begins a session; what the browser had before ends.
    func begin(_ user: User, _ method: SignInMethod, replacing old: SessionToken?, _ client: Client) async throws -> SignedIn {
        let earlier = try await stores.audit.events(AuditQuery(subject: user.id, action: .signIn, outcome: .done, limit: 200))
        let device = DeviceName(userAgent: client.userAgent)
        let isNew = !earlier.isEmpty && !earlier.contains { DeviceName(userAgent: $0.userAgent).description == device.description }
        let token = newToken()
        let now = now
        let session = Session(
            id: means.makeID(), userID: user.id, tokenHash: hash(token), createdAt: now, lastSeenAt: now,
            expiresAt: now.addingTimeInterval(settings.limits.absolute), method: method, address: client.address, userAgent: client.userAgent)
        do {
            try await stores.sessions.add(session)
        } catch is UserConflict {
            // The account was deleted meanwhile.
            throw AccountProblem.wrongCredentials
        }
        try await removeOldest(of: user.id)
        // Whoever changed the password or locked the account meanwhile has ended the sessions that were there then.
        guard let current = try await stores.users.user(user.id), current.lockedAt == nil, current.password == user.password else {
            _ = try await stores.sessions.remove(session.id, of: user.id)
            throw AccountProblem.wrongCredentials
        }
        try await record(.signIn, by: user.id, about: user.id, session: session.id, client, ["method": method.rawValue])
        if isNew {
            try await stores.events.append(
                StackEvent(
                    id: means.makeID(), at: now, source: "landing", kind: "new-device",
                    text: "Signed in with a new device: \(device)\(client.address.map { ", from \($0)" } ?? "")", userID: user.id))
        }
        if let old, let previous = try await stores.sessions.session(tokenHash: hash(old)),
            let ended = try await stores.sessions.remove(previous.id, of: previous.userID)
        {
            endings.end([ended.id])
        }
        await attempts.reset(.accountFromAddress, "\(user.email) \(client.network)")
        return SignedIn(token: token, session: session, user: user, isNewDevice: isNew)
    }

    /// A program that signs in again and again, without ever sending its cookie, leaves no more than so many.
    private func removeOldest(of userID: UUID) async throws {
        let all = try await stores.sessions.sessions(of: userID)
        for session in all.dropFirst(Self.mostSessions) {
            if let ended = try await stores.sessions.remove(session.id, of: userID) { endings.end([ended.id]) }
        }
    }

    private static let mostSessions = 100

    // MARK: Who is it

    /// Whose session `token` is, while it lives and its person is let in; `nil` otherwise.
    ///
    /// - Throws: `StoreUnavailable`: whether somebody is signed in is not known then.
    public func visitor(_ token: SessionToken, address: String?) async throws -> Visitor? {
        guard let session = try await stores.sessions.session(tokenHash: hash(token)) else { return nil }
        let now = now
        guard session.isLive(at: now, settings.limits) else {
            if let ended = try await stores.sessions.remove(session.id, of: session.userID) { endings.end([ended.id]) }
            return nil
        }
        guard let user = try await stores.users.user(session.userID) else { return nil }
        let bearer = SessionBearer(session, of: user)
        guard bearer.isAdmitted(at: now, settings.limits) else { return nil }
        var visitor = Visitor(user: user, session: session)
        if bearer.isDue(at: now, settings.limits) {
            visitor.session.lastSeenAt = now
            visitor.session.address = address ?? session.address
            // Only the time on the sessions page is older then.
            try? await stores.sessions.touch(session.id, at: now, address: address)
        }
        return visitor
    }

    /// As ``visitor(_:address:)``, for what needs no more than a name and a role.
    ///
    /// - Throws: `StoreUnavailable`: whether somebody is signed in is not known then.
    public func bearer(_ token: SessionToken, address: String?) async throws -> SessionBearer? {
        guard let bearer = try await stores.lookup.bearer(tokenHash: hash(token)) else { return nil }
        let now = now
        if bearer.isAdmitted(at: now, settings.limits), !bearer.isDue(at: now, settings.limits) { return bearer }
        // Once a minute, and at the end, when it was last seen decides, and only the store knows that.
        return try await visitor(token, address: address).map { SessionBearer($0.session, of: $0.user) }
    }

    /// What ``bearer(_:address:)`` would give, where that takes no waiting; `nil` where it has to be asked. For event loops.
    public func knownBearer(_ token: SessionToken) -> SessionBearer? {
        guard let bearer = stores.lookup.known(tokenHash: hash(token)) else { return nil }
        let now = now
        return bearer.isAdmitted(at: now, settings.limits) && !bearer.isDue(at: now, settings.limits) ? bearer : nil
    }

    /// As ``knownBearer(_:)``, with what tells later whether it still holds.
    public func knownVisit(_ token: SessionToken) -> KnownVisit? {
        guard let mark = stores.lookup.mark, let bearer = knownBearer(token) else { return nil }
        return KnownVisit(bearer: bearer, mark: mark)
    }

    /// Whether ``knownBearer(_:)`` would give the same now.
    public func holds(_ visit: KnownVisit) -> Bool {
        guard stores.lookup.mark == visit.mark else { return false }
        let now = now
        return visit.bearer.isAdmitted(at: now, settings.limits) && !visit.bearer.isDue(at: now, settings.limits)
    }

    // MARK: Out

    public func signOut(_ visitor: Visitor, _ client: Client) async throws {
        guard let ended = try await stores.sessions.remove(visitor.session.id, of: visitor.user.id) else { return }
        endings.end([ended.id])
        try await record(.signOut, by: visitor.user.id, about: visitor.user.id, session: ended.id, client)
    }

    /// The sessions that live.
    public func sessions(of userID: UUID) async throws -> [Session] {
        let now = now
        return try await stores.sessions.sessions(of: userID).filter { $0.isLive(at: now, settings.limits) }
    }

    /// Ends one session of `userID`.
    ///
    /// - Returns: whether there was one.
    public func revoke(_ sessionID: UUID, of userID: UUID, by actor: UUID?, _ client: Client) async throws -> Bool {
        guard let ended = try await stores.sessions.remove(sessionID, of: userID) else { return false }
        endings.end([ended.id])
        try await record(
            .sessionRevoked, by: actor, about: userID, session: ended.id, client, ["device": DeviceName(userAgent: ended.userAgent).description])
        return true
    }

    /// Ends all sessions of `userID`, or all but one.
    ///
    /// - Returns: how many.
    public func revokeAll(of userID: UUID, except kept: UUID? = nil, by actor: UUID?, _ client: Client) async throws -> Int {
        let ended = try await stores.sessions.removeAll(of: userID, except: kept)
        endings.end(ended.map(\.id))
        if !ended.isEmpty {
            try await record(.sessionsRevoked, by: actor, about: userID, client, ["count": "\(ended.count)"])
        }
        return ended.count
    }
}

extension Accounts {
    /// Which sessions began on a device that was not known before, since the person's current session began; the
    /// current one is none of them.
    public func newDevices(of visitor: Visitor) async throws -> Set<UUID> {
        let signIns = try await stores.audit.events(AuditQuery(subject: visitor.user.id, action: .signIn, outcome: .done, limit: 200))
        var known: Set<String> = []
        var new: Set<UUID> = []
        for event in signIns.reversed() {
            let isFirst = known.isEmpty
            let isNew = known.insert(DeviceName(userAgent: event.userAgent).description).inserted
            if isNew, !isFirst, event.at > visitor.session.createdAt, let id = event.sessionID, id != visitor.session.id { new.insert(id) }
        }
        return new
    }
}

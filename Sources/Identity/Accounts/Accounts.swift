public import FoundationEssentials
import Site

/// What people, administrators and the command line do with accounts and sessions: every rule of it, and an audit line
/// for every deed.
///
/// Functions throw ``AccountProblem`` for what the person can mend, ``PasswordHasherBusy`` and `StoreUnavailable` for
/// what time mends.
public struct Accounts: Sendable {
    /// Where everything is kept.
    public struct Stores: Sendable {
        public var users: any UserStore
        public var sessions: any SessionStore
        public var links: any OneTimeLinkStore
        public var audit: any AuditLog
        public var events: any EventLog
        /// Over ``users`` and ``sessions``.
        public var lookup: any SessionLookup

        /// - Parameter lookup: asks `sessions` and `users` if not given.
        public init(
            users: any UserStore, sessions: any SessionStore, links: any OneTimeLinkStore, audit: any AuditLog, events: any EventLog,
            lookup: (any SessionLookup)? = nil
        ) {
            self.users = users
            self.sessions = sessions
            self.links = links
            self.audit = audit
            self.events = events
            self.lookup = lookup ?? StoredSessionLookup(users: users, sessions: sessions)
        }
    }

    /// What comes from the machine.
    public struct Means: Sendable {
        public var now: @Sendable () -> Date
        public var makeID: @Sendable () -> UUID
        /// That many bytes from a cryptographic source.
        public var randomBytes: @Sendable (Int) -> [UInt8]
        public var sha256: @Sendable ([UInt8]) -> [UInt8]
        public var hmacSHA1: TimeBasedCode.Authenticate

        public init(
            now: @escaping @Sendable () -> Date, makeID: @escaping @Sendable () -> UUID, randomBytes: @escaping @Sendable (Int) -> [UInt8],
            sha256: @escaping @Sendable ([UInt8]) -> [UInt8], hmacSHA1: @escaping TimeBasedCode.Authenticate
        ) {
            self.now = now
            self.makeID = makeID
            self.randomBytes = randomBytes
            self.sha256 = sha256
            self.hmacSHA1 = hmacSHA1
        }
    }

    public struct Settings: Sendable {
        public var signUp = SignUp.closed
        public var limits = SessionLimits()
        /// What authenticator apps call the site.
        public var issuer = "Landing"
        /// Seconds that links live.
        public var invitationLife: TimeInterval = 7 * 86_400
        public var resetLife: TimeInterval = 3_600
        public var ticketLife: TimeInterval = 300

        public init() {}
    }

    /// Who may make an account.
    public enum SignUp: String, Sendable, CaseIterable { case open, invite, closed }

    public let stores: Stores
    public let settings: Settings
    public let endings: SessionEndings
    let hasher: any PasswordHasher
    let attempts: any AttemptLimiter
    let means: Means
    let codes: TimeBasedCode

    public init(
        stores: Stores, hasher: any PasswordHasher, attempts: any AttemptLimiter, endings: SessionEndings, means: Means,
        settings: Settings = Settings()
    ) {
        self.stores = stores
        self.hasher = hasher
        self.attempts = attempts
        self.endings = endings
        self.means = means
        self.settings = settings
        codes = TimeBasedCode(hmacSHA1: means.hmacSHA1)
    }

    /// In whole milliseconds, which every store can hold.
    var now: Date { Date(timeIntervalSince1970: (means.now().timeIntervalSince1970 * 1_000).rounded(.down) / 1_000) }

    func newToken() -> SessionToken { SessionToken(bytes: means.randomBytes(SessionToken.length)) }

    func hash(_ token: SessionToken) -> [UInt8] { means.sha256(token.bytes) }

    // MARK: Audit

    func record(
        _ action: AuditAction, _ outcome: AuditEvent.Outcome = .done, by actor: UUID?, about subject: UUID?, session: UUID? = nil, _ client: Client,
        _ details: [String: String] = [:]
    ) async throws {
        try await stores.audit.append(
            AuditEvent(
                id: means.makeID(), at: now, action: action, outcome: outcome, actor: actor, subject: subject, sessionID: session,
                address: client.address, userAgent: client.userAgent, requestID: client.requestID, details: details))
    }

    /// Writes down what somebody did outside of accounts; `result` among the details says why it was refused.
    public func recordDeed(_ action: AuditAction, of visitor: Visitor, _ client: Client, _ details: [String: String]) async throws {
        try await record(
            action, details["result"] == nil ? .done : .refused, by: visitor.user.id, about: nil, session: visitor.session.id, client, details)
    }

    /// Before a deed that cannot be taken back: what cannot be written down is not done.
    func requireAudit() async throws { _ = try await stores.audit.events(AuditQuery(action: .signIn, limit: 1)) }

    /// What was tried and not done; whether that could be written down does not change the answer.
    func recordRefusal(about subject: UUID?, _ client: Client, reason: String) async {
        // The store says in its own log why it cannot.
        try? await record(.signIn, .refused, by: nil, about: subject, client, ["reason": reason])
    }

    /// The lines of the trail about a person, for that person.
    public func activity(of userID: UUID, after position: AuditQuery.Position? = nil, limit: Int = 50) async throws -> [AuditEvent] {
        try await stores.audit.events(AuditQuery(subject: userID, after: position, limit: limit))
    }

    // MARK: Checks

    func take(_ bucket: AttemptBucket, _ key: String) async throws {
        if let wait = await attempts.take(bucket, key, at: now) { throw AccountProblem.tooManyAttempts(retryAfter: wait) }
    }

    /// Blanks around a name are none of it.
    static func checkedName(_ text: String) throws -> String {
        var name = text.drop(while: \.isWhitespace)
        while name.last?.isWhitespace == true { name = name.dropLast() }
        let isVisible = name.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0.properties.generalCategory != .lineSeparator
        }
        guard !name.isEmpty, name.count <= 100, name.utf8.count <= 400, isVisible else { throw AccountProblem.nameInvalid }
        return String(name)
    }

    static func checkedEmail(_ text: String) throws -> EmailAddress {
        guard let email = EmailAddress(text) else { throw AccountProblem.emailInvalid }
        return email
    }

    static func checkPassword(_ password: String, _ email: EmailAddress?) throws {
        if let problem = PasswordPolicy.problem(password, email: email) { throw AccountProblem.password(problem) }
    }

    /// The password that was proven must still be the account's when the deed is done.
    static func require(_ known: User, in user: User) throws {
        guard user.password == known.password, user.lockedAt == nil else { throw AccountProblem.wrongCredentials }
    }

    /// Changes an account, again from its newest version where somebody else was quicker.
    func change(_ id: UUID, _ body: @Sendable (inout User) throws -> Void) async throws -> User {
        for _ in 0..<4 {
            guard var user = try await stores.users.user(id) else { throw AccountProblem.notFound }
            try body(&user)
            do {
                return try await stores.users.update(user)
            } catch UserConflict.changedMeanwhile {
                continue
            } catch UserConflict.emailTaken {
                throw AccountProblem.emailTaken
            } catch UserConflict.gone {
                throw AccountProblem.notFound
            }
        }
        throw AccountProblem.changedMeanwhile
    }

    /// The account, if the password is its own; for deeds that a stolen session must not do.
    func confirmed(_ user: User, _ password: String, _ client: Client) async throws -> User {
        try await take(.accountFromAddress, "\(user.id) \(client.network)")
        try await requireAudit()
        guard let user = try await stores.users.user(user.id), user.lockedAt == nil else { throw AccountProblem.notFound }
        guard try await hasher.verify(password, against: user.password) != .wrong else { throw AccountProblem.wrongCredentials }
        await attempts.reset(.accountFromAddress, "\(user.id) \(client.network)")
        return user
    }
}

import Foundation
import Identity
import RedisStore
import Synchronization
import TestSupport
import Testing

/// Sessions that replicas find in Redis, and lose there at once.
@Suite struct SessionCacheTests {
    @Test func `a session that another replica has found needs no store`() async throws {
        try await Replicas.run { one, other, stores in
            let token = try await stores.enter(1)
            for replica in [one, other, one, other] { #expect(try await replica.lookup.bearer(tokenHash: token) != nil) }
            // Whose it is, then what it is.
            #expect(stores.reads == 2)
            #expect(one.lookup.known(tokenHash: token) == nil)
        }
    }

    @Test func `what one replica ends is out at the other`() async throws {
        try await Replicas.run { one, other, stores in
            let token = try await stores.enter(1)
            let second = try await stores.enter(2)
            for _ in 0..<3 { for hash in [token, second] { #expect(try await other.lookup.bearer(tokenHash: hash) != nil) } }
            let session = try #require(try await stores.session(tokenHash: token))
            #expect(try await one.sessions.remove(session.id, of: session.userID) != nil)
            #expect(try await other.lookup.bearer(tokenHash: token) == nil)
            #expect(try await other.lookup.bearer(tokenHash: second) != nil)
            var user = try #require(try await stores.user(session.userID))
            user.role = .admin
            user = try await one.users.update(user)
            #expect(try await other.lookup.bearer(tokenHash: second)?.role == .admin)
            user.lockedAt = user.createdAt
            user = try await one.users.update(user)
            #expect(try await other.lookup.bearer(tokenHash: second)?.lockedAt != nil)
            #expect(try await one.users.delete(user.id))
            #expect(try await other.lookup.bearer(tokenHash: second) == nil)
        }
    }

    @Test func `who read the store before a session ended does not bring it back`() async throws {
        try await Replicas.run { one, other, stores in
            let token = try await stores.enter(1)
            _ = try await other.lookup.bearer(tokenHash: token)
            let session = try #require(try await stores.session(tokenHash: token))
            // Has read the store, and has not said so in Redis.
            stores.holdReaders()
            async let late = other.lookup.bearer(tokenHash: token)
            #expect(try await eventually { stores.held == 1 } != nil)
            _ = try await one.sessions.remove(session.id, of: session.userID)
            stores.letReadersGo()
            #expect(try await late != nil)
            for replica in [one, other, one, other] { #expect(try await replica.lookup.bearer(tokenHash: token) == nil) }
        }
    }

    @Test(arguments: [["FLUSHALL"], ["CONFIG", "SET", "maxmemory", "1"]])
    func `what Redis forgets is asked of the store`(_ command: [String]) async throws {
        try await Replicas.run { one, other, stores in
            let token = try await stores.enter(1)
            for _ in 0..<3 { _ = try await one.lookup.bearer(tokenHash: token) }
            _ = try await one.client.send(RedisCommand(command[0], command.dropFirst().map { .text($0) }))
            let before = stores.reads
            #expect(try await other.lookup.bearer(tokenHash: token) != nil)
            #expect(stores.reads > before)
            let session = try #require(try await stores.session(tokenHash: token))
            _ = try await one.sessions.remove(session.id, of: session.userID)
            #expect(try await other.lookup.bearer(tokenHash: token) == nil)
        }
    }

    @Test func `what a server that was started again remembers is not believed`() async throws {
        let server = try await RedisServer()
        try await Replicas.run(server) { one, other, stores in
            let token = try await stores.enter(1)
            for _ in 0..<3 { _ = try await one.lookup.bearer(tokenHash: token) }
            let session = try #require(try await stores.session(tokenHash: token))
            let key = "landing:signed-in:\(session.userID.uuidString)"
            guard case .bulk(let remembered) = try await one.client.send(RedisCommand("DUMP", .text(key))) else {
                Issue.record("no key")
                return
            }
            _ = try await stores.remove(session.id, of: session.userID)
            try await server.restart()
            for replica in [one, other] { #expect(try await eventually { replica.client.state == .ready } != nil) }
            _ = try await one.client.send(RedisCommand("SET", .text(one.ownerKey(token)), .text(session.userID.uuidString)))
            _ = try await one.client.send(RedisCommand("RESTORE", .text(key), "60000", .bytes(remembered)))
            for replica in [one, other] { #expect(try await replica.lookup.bearer(tokenHash: token) == nil) }
        }
    }

    @Test func `without Redis the store is asked, and a change waits until nobody can know the old state`() async throws {
        let server = try await RedisServer()
        try await Replicas.run(server) { one, other, stores in
            let token = try await stores.enter(1)
            for _ in 0..<3 { _ = try await other.lookup.bearer(tokenHash: token) }
            let session = try #require(try await stores.session(tokenHash: token))
            server.kill()
            #expect(try await eventually { one.client.state != .ready } != nil)
            #expect(try await other.lookup.bearer(tokenHash: token) != nil)
            _ = try await one.sessions.remove(session.id, of: session.userID)
            #expect(one.waited == [.milliseconds(3_500)])
            #expect(try await other.lookup.bearer(tokenHash: token) == nil)
        }
    }

    @Test func `no key lives longer than changes wait, and none holds a secret`() async throws {
        try await Replicas.run { one, _, stores in
            let token = try await stores.enter(1)
            for _ in 0..<3 { _ = try await one.lookup.bearer(tokenHash: token) }
            let session = try #require(try await stores.session(tokenHash: token))
            let key = "landing:signed-in:\(session.userID.uuidString)"
            guard case .integer(let left) = try await one.client.send(RedisCommand("PTTL", .text(key))) else {
                Issue.record("no time")
                return
            }
            #expect(left > 0 && left <= 3_000)
            guard case .array(let fields) = try await one.client.send(RedisCommand("HGETALL", .text(key))) else {
                Issue.record("no fields")
                return
            }
            let text = fields.compactMap(\.string).joined(separator: " ")
            #expect(text.contains("ada1@example.org") && !text.contains("argon2") && !text.contains("c2VjcmV0"))
        }
    }
}

/// Two replicas over one store, with one Redis.
private struct Replicas {
    let client: RedisClient
    let lookup: any SessionLookup
    let sessions: any SessionStore
    let users: any UserStore
    private let waits: Waits

    private final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
    }

    var waited: [Duration] { waits.all.withLock { $0 } }

    func ownerKey(_ hash: [UInt8]) -> String {
        "landing:session-owner:" + hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private init(_ client: RedisClient, _ stores: MemoryAccounts) {
        let waits = Waits()
        self.client = client
        self.waits = waits
        let cache = RedisSessionCache(client, makeTicket: { UUID().uuidString }, sleep: { time in waits.all.withLock { $0.append(time) } })
        lookup = cache.lookup(over: stores)
        sessions = cache.sessions(stores)
        users = cache.users(stores)
    }

    static func run(_ server: RedisServer? = nil, test: (Replicas, Replicas, MemoryAccounts) async throws -> Void) async throws {
        let started = if let server { server } else { try await RedisServer(options: ["--maxmemory-policy", "allkeys-lru"]) }
        try await TestClient.run(started.url()) { one in
            try await TestClient.run(started.url()) { other in
                let stores = MemoryAccounts()
                try await test(Replicas(one.client, stores), Replicas(other.client, stores), stores)
            }
        }
    }
}

/// Accounts and sessions in memory, whose readers can be held back behind their reading.
private final class MemoryAccounts: SessionLookup, SessionStore, UserStore {
    private struct State {
        var users: [UUID: User] = [:]
        var sessions: [UUID: Session] = [:]
        var reads = 0
        var isHolding = false
        var held = 0
    }

    private let state = Mutex(State())

    var reads: Int { state.withLock { $0.reads } }
    var held: Int { state.withLock { $0.held } }
    func holdReaders() { state.withLock { $0.isHolding = true } }
    func letReadersGo() { state.withLock { $0.isHolding = false } }

    /// One account, with as many sessions as are asked for; gives the hash of the token.
    func enter(_ number: UInt8) async throws -> [UInt8] {
        let time = Date(timeIntervalSince1970: 1_790_000_000)
        let id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
        let user = User(
            id: id, email: try #require(EmailAddress("ada1@example.org")), name: "Ada", role: .user, password: PasswordHash("$argon2id$"),
            secondFactor: SecondFactor(secret: Array("secret".utf8)), createdAt: time)
        if try await self.user(id) == nil { try await add(user) }
        let hash = [UInt8](repeating: number, count: 32)
        try await add(
            Session(
                id: UUID(), userID: id, tokenHash: hash, createdAt: time, lastSeenAt: time, expiresAt: time + 9_000, method: .password,
                address: "192.0.2.1", userAgent: "Browser"))
        return hash
    }

    func known(tokenHash: [UInt8]) -> SessionBearer? { nil }

    func bearer(tokenHash: [UInt8]) async throws -> SessionBearer? {
        let (found, isHeld) = state.withLock { state -> (SessionBearer?, Bool) in
            state.reads += 1
            if state.isHolding { state.held += 1 }
            let session = state.sessions.values.first { $0.tokenHash == tokenHash }
            return (session.flatMap { session in state.users[session.userID].map { SessionBearer(session, of: $0) } }, state.isHolding)
        }
        if isHeld { _ = try await eventually { state.withLock { !$0.isHolding } } }
        return found
    }

    func add(_ session: Session) async throws { state.withLock { $0.sessions[session.id] = session } }
    func session(tokenHash: [UInt8]) async throws -> Session? { state.withLock { $0.sessions.values.first { $0.tokenHash == tokenHash } } }
    func touch(_ id: UUID, at time: Date, address: String?) async throws { state.withLock { $0.sessions[id]?.lastSeenAt = time } }
    func sessions(of userID: UUID) async throws -> [Session] { state.withLock { $0.sessions.values.filter { $0.userID == userID } } }
    func existing(_ ids: Set<UUID>) async throws -> Set<UUID> { state.withLock { ids.intersection($0.sessions.keys) } }
    func remove(_ id: UUID, of userID: UUID) async throws -> Session? { state.withLock { $0.sessions.removeValue(forKey: id) } }
    func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session] {
        state.withLock { state in
            let gone = state.sessions.values.filter { $0.userID == userID && $0.id != kept }
            for session in gone { state.sessions[session.id] = nil }
            return gone
        }
    }
    func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int { 0 }

    func add(_ user: User) async throws { state.withLock { $0.users[user.id] = user } }
    func user(_ id: UUID) async throws -> User? { state.withLock { $0.users[id] } }
    func user(email: EmailAddress) async throws -> User? { state.withLock { $0.users.values.first { $0.email == email } } }
    func update(_ user: User) async throws -> User {
        state.withLock { $0.users[user.id] = user }
        return user
    }
    func delete(_ id: UUID) async throws -> Bool {
        state.withLock { state in
            state.sessions = state.sessions.filter { $0.value.userID != id }
            return state.users.removeValue(forKey: id) != nil
        }
    }
    func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] { [] }
    func count(_ role: Role) async throws -> Int { 0 }
}

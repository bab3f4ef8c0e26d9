import FoundationEssentials
public import Identity
import NIOCore

/// What replicas know together of sessions and their accounts, in Redis; never the only copy, and never an older one
/// than was acknowledged.
///
/// Two kinds of keys: `landing:session-owner:{hash}` names whose session a token's hash is, which never changes; and
/// `landing:signed-in:{account}` is a hash with the id of the running server (`run`), a random `ticket`, and a field
/// for each session. It lives ``life`` seconds from its beginning, never longer.
///
/// 1. **To fill** it, a replica takes the ticket first, then reads the store, then writes the field only if the ticket
///    is still there.
/// 2. **To change** a session or an account, a replica has the store do it first, then removes the whole key of the
///    account, and acknowledges only then. Who took a ticket before has lost it, so cannot write what it read before the
///    change; who takes one later reads the store after the change.
/// 3. **What Redis forgets** (eviction, FLUSHALL, a restart) is a miss, and a lost ticket a write that is not done.
/// 4. **What Redis remembers again** (a restart from a snapshot, a follower that takes over and has missed the removal)
///    names another `run` than the server that answers, and is dropped.
/// 5. **Where the removal cannot be confirmed** (Redis is down, or only this replica does not reach it), others may
///    still read the key: the change is acknowledged after ``life``, when no key from before it is left. So accounts
///    are changed more slowly during an outage of Redis, and nothing is refused. What was not acknowledged (the process
///    died in between) is in force after ``life`` at the latest.
///
/// Who changes the store without this (another program; a command without the setting) is seen after ``life``. The time
/// is Redis's own: its clock set back by hand makes keys live longer. No key holds a token, a password or a secret.
public struct RedisSessionCache: Sendable {
    private let client: RedisClient
    private let makeTicket: @Sendable () -> String
    private let sleep: @Sendable (Duration) async throws -> Void

    /// 3 s: pages, their parts and what stands behind `auth_request` are asked for together; and longest that somebody
    /// waits for a change while Redis is down.
    static let life = Duration.seconds(3)
    /// Beyond ``life``, for the last answer that was on its way.
    private static let margin = Duration.milliseconds(500)

    /// - Parameters:
    ///   - makeTicket: a text that was never made before, by nobody.
    ///   - sleep: for as long as it is told.
    public init(_ client: RedisClient, makeTicket: @escaping @Sendable () -> String, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.client = client
        self.makeTicket = makeTicket
        self.sleep = sleep
    }

    /// Sessions with their accounts, from Redis where they are there, and from `stores` otherwise.
    public func lookup(over stores: any SessionLookup) -> some SessionLookup { RedisSessionLookup(cache: self, stores: stores) }

    /// `stores` whose changes are in force everywhere once they are acknowledged.
    public func sessions(_ stores: any SessionStore) -> some SessionStore { SharedSessionStore(cache: self, stores: stores) }

    /// `stores` whose changes are in force everywhere once they are acknowledged.
    public func users(_ stores: any UserStore) -> some UserStore { SharedUserStore(cache: self, stores: stores) }

    // MARK: In Redis

    enum Finding {
        case bearer(SessionBearer)
        case ticket(String)
        /// Whose session it is, is not known here.
        case nothing
    }

    func find(_ tokenHash: [UInt8]) async throws -> Finding {
        let command = RedisCommand(
            "EVAL", .text(Self.finding), "1", .text(Self.ownerKey(tokenHash)), .text(Self.accountKey("")), .text(Self.hexadecimal(tokenHash)),
            .text(makeTicket()), .text("\(Self.milliseconds(Self.life))"))
        guard case .array(let parts) = try await client.send(command), let ticket = parts.first?.string else { return .nothing }
        guard parts.count > 1, case .bulk(let bytes) = parts[1] else { return .ticket(ticket) }
        // Another version of the program may have written it.
        guard let entry = try? JSONDecoder().decode(BearerEntry.self, from: Data(bytes.readableBytesView)), let bearer = entry.bearer,
            bearer.session.tokenHash == tokenHash
        else { return .ticket(ticket) }
        return .bearer(bearer)
    }

    func keep(_ bearer: SessionBearer, ticket: String) async throws {
        let entry = try JSONEncoder().encode(BearerEntry(bearer))
        _ = try await client.send(
            RedisCommand(
                "EVAL", .text(Self.keeping), "1", .text(Self.accountKey(bearer.userID)), .text(ticket),
                .text(Self.hexadecimal(bearer.session.tokenHash)), .bytes(ByteBuffer(bytes: entry))))
    }

    /// For an hour; whose it is does not change.
    func keepOwner(of session: Session) async throws {
        _ = try await client.send(
            RedisCommand("SET", .text(Self.ownerKey(session.tokenHash)), .text(session.userID.uuidString), "PX", "3600000"))
    }

    /// Returns once nobody can read here what an account and its sessions were before this was called.
    func forget(_ userID: UUID) async {
        // A task of its own: whoever asked may be gone, the change is done all the same.
        await Task {
            do {
                _ = try await client.send(RedisCommand("DEL", .text(Self.accountKey(userID.uuidString))))
            } catch {
                // Cut short only where the whole process ends.
                try? await sleep(Self.life + Self.margin)
            }
        }.value
    }

    private static func ownerKey(_ tokenHash: [UInt8]) -> String { "landing:session-owner:\(hexadecimal(tokenHash))" }
    private static func accountKey(_ userID: String) -> String { "landing:signed-in:\(userID)" }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
    }

    /// Answers nothing, or a ticket, or a ticket and what is kept.
    private static let finding = """
        local owner = redis.call('GET', KEYS[1])
        if not owner then return false end
        local key = ARGV[1] .. owner
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        if not run then return false end
        local known = redis.call('HMGET', key, 'run', 'ticket', ARGV[2])
        if known[1] == run then
            if known[3] then return {known[2], known[3]} end
            return {known[2]}
        end
        redis.call('DEL', key)
        redis.call('HSET', key, 'run', run, 'ticket', ARGV[3])
        redis.call('PEXPIRE', key, ARGV[4])
        return {ARGV[3]}
        """

    private static let keeping = """
        if redis.call('HGET', KEYS[1], 'ticket') ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
        return 1
        """
}

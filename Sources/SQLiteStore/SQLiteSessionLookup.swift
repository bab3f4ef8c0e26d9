import Foundation
import GRDB
public import Identity
import Synchronization

/// Sessions with their accounts, each read once in one statement and known until the next commit to the file.
///
/// Sound for every process on this machine that has the file open, the command line too, without a word between them:
/// what is kept is given only while ``CommitMark`` says that nothing was committed since before it was read, which is
/// what reading it again would give. A commit empties it, but one of this process that only adds to the audit trail.
public final class SQLiteSessionLookup: SessionLookup {
    private struct State {
        /// As it was before anything in ``bearers`` was read.
        var head: CommitMark.Head?
        var bearers: [[UInt8]: SessionBearer] = [:]
    }

    private let database: SQLiteDatabase
    private let state = Shared()

    private final class Shared: Sendable {
        let value = Mutex(State())
    }

    /// Beyond, it begins anew.
    private static let capacity = 10_000

    public init(_ database: SQLiteDatabase) {
        self.database = database
        database.onCommitApart { [state] before, after in
            state.value.withLock { if $0.head == before { $0.head = after } }
        }
    }

    public func known(tokenHash: [UInt8]) -> SessionBearer? {
        guard let head = database.commits?.head else { return nil }
        return state.value.withLock { $0.head == head ? $0.bearers[tokenHash] : nil }
    }

    public var mark: SessionMark? { database.commits?.head?.mark }

    public func bearer(tokenHash: [UInt8]) async throws -> SessionBearer? {
        if let bearer = known(tokenHash: tokenHash) { return bearer }
        let head = database.commits?.head
        let found = try await database.read { database in
            try Row.fetchOne(database.cachedStatement(sql: Self.statement), arguments: [Data(tokenHash)]).map(Self.bearer)
        }
        // What nobody has is not kept: anybody could fill the memory with it.
        if let found, let head, head == database.commits?.head {
            state.value.withLock { state in
                if state.head != head || state.bearers.count >= Self.capacity {
                    state.head = head
                    state.bearers.removeAll(keepingCapacity: true)
                }
                state.bearers[tokenHash] = found
            }
        }
        return found
    }

    private static let statement = """
        SELECT \(SQLiteSessionStore.columns.split(separator: ", ").map { "session.\($0)" }.joined(separator: ", ")),
            user.email, user.name, user.role, user.lockedAt, user.passwordChangedAt
        FROM session JOIN user ON user.id = session.userID WHERE session.tokenHash = ?
        """

    private static func bearer(_ row: Row) throws -> SessionBearer {
        SessionBearer(
            session: try SQLiteSessionStore.session(row), email: try UnreadableRow.known(EmailAddress(row[9] as String), "user", "email"),
            name: String(bytes: row[10]), role: try UnreadableRow.known(Role(rawValue: row[11]), "user", "role"),
            lockedAt: (row[12] as Int64?).map(Date.init(milliseconds:)), passwordChangedAt: (row[13] as Int64?).map(Date.init(milliseconds:)))
    }
}

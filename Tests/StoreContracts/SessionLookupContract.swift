import Foundation
public import Identity

/// What every look-up of sessions with their accounts promises, one case a promise.
public enum SessionLookupContract: String, CaseIterable, Sendable {
    case givesTheSessionWithItsAccount
    case findsNothingForAnotherHash
    case endsWithTheSession
    case endsWithAllSessions
    case endsWithTheAccount
    case showsTheAccountAsItIsNow
    case neverGivesAgainWhatWasEndedMeanwhile

    /// - Parameters:
    ///   - lookups: over `sessions` and `users`, as several processes have them; asked one after the other.
    ///   - sessions: empty, as `users`.
    public func check(_ lookups: [any SessionLookup], sessions: any SessionStore, users: any UserStore) async throws {
        var user = try Sample.user(1)
        user.passwordChangedAt = Sample.time(-5, milliseconds: 7)
        try await users.add(user)
        let session = Sample.session(1, of: user.id)
        let other = Sample.session(2, of: user.id)
        for session in [session, other] { try await sessions.add(session) }
        let bearer = SessionBearer(session, of: user)
        // The second time from wherever it is kept, and what is known at once is nothing else.
        for lookup in lookups + lookups + lookups {
            try expect(await lookup.bearer(tokenHash: session.tokenHash) == bearer, "the session or its account is another")
            try expect(lookup.known(tokenHash: session.tokenHash).map { $0 == bearer } ?? true, "what is known is another")
        }
        func expectNothing(_ hash: [UInt8], _ words: String) async throws {
            for lookup in lookups + lookups {
                try expect(lookup.known(tokenHash: hash) == nil, words)
                try expect(await lookup.bearer(tokenHash: hash) == nil, words)
            }
        }
        switch self {
        case .givesTheSessionWithItsAccount: break
        case .findsNothingForAnotherHash:
            for hash in [Sample.hash(3), session.tokenHash.dropLast(), session.tokenHash + [0], []] {
                try await expectNothing(hash, "a session was found that nobody added")
            }
        case .endsWithTheSession:
            _ = try await sessions.remove(session.id, of: user.id)
            try await expectNothing(session.tokenHash, "its token is still good")
            for lookup in lookups { try expect(await lookup.bearer(tokenHash: other.tokenHash)?.session == other, "another session went with it") }
        case .endsWithAllSessions:
            _ = try await sessions.removeAll(of: user.id, except: other.id)
            try await expectNothing(session.tokenHash, "its token is still good")
            for lookup in lookups { try expect(await lookup.bearer(tokenHash: other.tokenHash)?.session == other, "the kept session went too") }
        case .endsWithTheAccount:
            _ = try await users.delete(user.id)
            try await expectNothing(session.tokenHash, "its token is still good")
        case .showsTheAccountAsItIsNow:
            let changes: [@Sendable (inout User) -> Void] = [
                { $0.lockedAt = Sample.time(9) }, { $0.lockedAt = nil }, { $0.role = .admin }, { $0.role = .user }, { $0.name = "Another" },
                { $0.passwordChangedAt = Sample.time(10) },
            ]
            for (number, change) in changes.enumerated() {
                change(&user)
                user = try await users.update(user)
                for lookup in lookups {
                    let known = lookup.known(tokenHash: session.tokenHash)
                    try expect(known.map { $0 == SessionBearer(session, of: user) } ?? true, "after change \(number) the older one is known")
                    let found = try await lookup.bearer(tokenHash: session.tokenHash)
                    try expect(found == SessionBearer(session, of: user), "change \(number) is not seen")
                }
            }
        case .neverGivesAgainWhatWasEndedMeanwhile:
            for number in 10..<30 {
                let session = Sample.session(number, of: user.id)
                try await sessions.add(session)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lookup in lookups + lookups {
                        group.addTask { for _ in 0..<20 { _ = try await lookup.bearer(tokenHash: session.tokenHash) } }
                    }
                    group.addTask { [user] in
                        _ = try await sessions.remove(session.id, of: user.id)
                        // While the others are still at it.
                        for lookup in lookups {
                            try expect(lookup.known(tokenHash: session.tokenHash) == nil, "it is known after its end")
                            try expect(await lookup.bearer(tokenHash: session.tokenHash) == nil, "it is found after its end")
                        }
                    }
                    try await group.waitForAll()
                }
                try await expectNothing(session.tokenHash, "who looked meanwhile has brought it back")
            }
        }
    }
}

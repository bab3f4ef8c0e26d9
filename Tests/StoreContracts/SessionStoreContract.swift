import Foundation
public import Identity

/// What every store of sessions promises, one case a promise.
public enum SessionStoreContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsTextOfAnyScript
    case keepsTimesToTheMillisecond
    case findsASessionByItsWholeTokenHash
    case givesASessionThatIsOver
    case keepsSessionsThatComeAtOnce
    case touchNotesTheUse
    case touchNeverSetsTheTimeBack
    case ofManyTouchesAtOnceTheLatestStays
    case touchNeverBringsASessionBack
    case touchNeverBringsBackWhatIsRemovedAtOnce
    case listsTheOneSeenLastFirst
    case tellsWhichStillExist
    case removesASessionOfItsOwnerOnly
    case ofManyWhoRemoveAtOnceOneGetsIt
    case removesAllOfAnAccountButOne
    case removesThoseThatAreOver
    case removesThoseNotSeenForLong
    case whatWasRemovedIsGoneForEveryCall

    /// - Parameters:
    ///   - sessions: empty, as the other.
    ///   - users: of the same place as `sessions`.
    public func check(sessions: any SessionStore, users: any UserStore) async throws {
        let user = try Sample.user(1)
        let other = try Sample.user(2)
        for user in [user, other] { try await users.add(user) }
        switch self {
        case .keepsEveryFieldAsItWas:
            for (number, method) in zip(1..., SignInMethod.allCases) {
                let session = Session(
                    id: Sample.id(number), userID: user.id, tokenHash: Sample.hash(number), createdAt: Sample.time(1, milliseconds: 1),
                    lastSeenAt: Sample.time(number, milliseconds: 2), expiresAt: Sample.time(3, milliseconds: 3), method: method,
                    address: number == 1 ? nil : "2001:db8::\(number)", userAgent: number == 1 ? "" : "Browser/\(number)")
                try await sessions.add(session)
                try expect(await sessions.session(tokenHash: session.tokenHash) == session, "a session by \(method) came back changed")
                try expect(await sessions.sessions(of: user.id).contains(session), "in the list a session by \(method) came back changed")
            }
        case .keepsTextOfAnyScript:
            let agent = String(decoding: Array((Sample.difficultText + String(repeating: "x", count: 512)).utf8.prefix(512)), as: UTF8.self)
            let session = Session(
                id: Sample.id(1), userID: user.id, tokenHash: Sample.hash(1), createdAt: Sample.time(1), lastSeenAt: Sample.time(1),
                expiresAt: Sample.time(2), method: .link, address: "fe80::1%eth0'\"\\", userAgent: agent)
            try await sessions.add(session)
            let found = try await sessions.session(tokenHash: session.tokenHash)
            try expect(found?.userAgent, isExactly: agent, "what the browser said of itself")
            try expect(found == session, "the session came back changed")
        case .keepsTimesToTheMillisecond:
            for (number, time) in zip(1..., Sample.difficultTimes) {
                let session = Session(
                    id: Sample.id(number), userID: user.id, tokenHash: Sample.hash(number), createdAt: time, lastSeenAt: time, expiresAt: time,
                    method: .password, address: nil, userAgent: "")
                try await sessions.add(session)
                let found = try await sessions.session(tokenHash: session.tokenHash)
                try expect(found?.lastSeenAt == time, "lastSeenAt is off by \(found?.lastSeenAt.timeIntervalSince(time) ?? .nan) s")
                try expect(found == session, "a time of the session came back changed")
            }
        case .findsASessionByItsWholeTokenHash:
            for number in 1...3 { try await sessions.add(Sample.session(number, of: user.id)) }
            try expect(await sessions.session(tokenHash: Sample.hash(2))?.id == Sample.id(2, 0xB0), "another session was found")
            try expect(await sessions.session(tokenHash: Sample.hash(4)) == nil, "a session was found that nobody added")
            try expect(await sessions.session(tokenHash: Sample.hash(2).dropLast()) == nil, "a part of the hash is enough")
            try expect(await sessions.session(tokenHash: Sample.hash(2) + [0]) == nil, "more than the hash is taken for it")
            try expect(await sessions.session(tokenHash: []) == nil, "no hash at all is enough")
        case .givesASessionThatIsOver:
            let session = Sample.session(1, of: user.id, expires: -1_000_000)
            try await sessions.add(session)
            try expect(await sessions.session(tokenHash: session.tokenHash) == session, "it is not given")
            try expect(await sessions.sessions(of: user.id) == [session], "it is not listed")
            try expect(await sessions.existing([session.id]) == [session.id], "it does not exist")
        case .keepsSessionsThatComeAtOnce:
            _ = try await atOnce(50) { try await sessions.add(Sample.session($0, of: user.id)) }
            try expect(await sessions.sessions(of: user.id).count == 50, "sessions were lost")
        case .touchNotesTheUse, .touchNeverSetsTheTimeBack, .ofManyTouchesAtOnceTheLatestStays, .touchNeverBringsASessionBack,
            .touchNeverBringsBackWhatIsRemovedAtOnce:
            try await checkTouch(sessions, user.id)
        case .listsTheOneSeenLastFirst:
            let seen = [(5, 30), (4, 10), (3, 20), (2, 20), (1, 20), (6, 40)]
            for (number, time) in seen {
                // The order of the hashes, as that in which they come, is not the one of the ids.
                try await sessions.add(
                    Session(
                        id: Sample.id(number, 0xB0), userID: user.id, tokenHash: Sample.hash(100 - number), createdAt: Sample.time(0),
                        lastSeenAt: Sample.time(time), expiresAt: Sample.time(1000), method: .password, address: nil, userAgent: ""))
            }
            try await sessions.add(Sample.session(7, of: other.id, lastSeen: 25))
            try expect(await sessions.sessions(of: user.id).map(\.id) == [6, 5, 1, 2, 3, 4].map { Sample.id($0, 0xB0) }, "the order is another")
            try await sessions.touch(Sample.id(2, 0xB0), at: Sample.time(50), address: nil)
            try expect(await sessions.sessions(of: user.id).first?.id == Sample.id(2, 0xB0), "the one used last is not the first")
            try expect(await sessions.sessions(of: Sample.id(3)).isEmpty, "who has none has one")
        case .tellsWhichStillExist:
            for number in 1...3 { try await sessions.add(Sample.session(number, of: number == 3 ? other.id : user.id)) }
            let known = Set((1...3).map { Sample.id($0, 0xB0) })
            try expect(await sessions.existing([]).isEmpty, "of none some exist")
            try expect(await sessions.existing(known) == known, "one that exists is missing")
            let many = known.union((4...3000).map { Sample.id($0, 0xB0) })
            try expect(await sessions.existing(many) == known, "of many the wrong ones exist")
        case .removesASessionOfItsOwnerOnly:
            let session = Sample.session(1, of: user.id)
            try await sessions.add(session)
            try expect(await sessions.remove(session.id, of: other.id) == nil, "another removed it")
            try expect(await sessions.session(tokenHash: session.tokenHash) == session, "another's attempt changed it")
            try expect(await sessions.remove(session.id, of: user.id) == session, "what was removed is not given")
            try expect(await sessions.remove(session.id, of: user.id) == nil, "it was removed twice")
            try expect(await sessions.session(tokenHash: session.tokenHash) == nil, "it is still there")
        case .ofManyWhoRemoveAtOnceOneGetsIt:
            let session = Sample.session(1, of: user.id)
            try await sessions.add(session)
            let removed = try await atOnce(20) { _ in try await sessions.remove(session.id, of: user.id) }.compactMap(\.self)
            try expect(removed == [session], "\(removed.count) removed it")
        case .removesAllOfAnAccountButOne: try await Self.removesAllButOne(sessions, user.id, other.id)
        case .removesThoseThatAreOver:
            for (number, end) in [(1, 99), (2, 100), (3, 101)] {
                try await sessions.add(Sample.session(number, of: user.id, lastSeen: 50, expires: end))
            }
            try await sessions.add(Sample.session(4, of: other.id, lastSeen: 50, expires: 5))
            let removed = try await sessions.removeExpired(at: Sample.time(100), lastSeenBefore: Sample.time(0))
            try expect(removed == 3, "\(removed) were removed")
            try expect(await sessions.sessions(of: user.id).map(\.id) == [Sample.id(3, 0xB0)], "the wrong ones were removed")
            try expect(await sessions.removeExpired(at: Sample.time(100), lastSeenBefore: Sample.time(0)) == 0, "some were removed twice")
        case .removesThoseNotSeenForLong:
            for (number, seen) in [(1, 49), (2, 50), (3, 51)] { try await sessions.add(Sample.session(number, of: user.id, lastSeen: seen)) }
            try await sessions.touch(Sample.id(3, 0xB0), at: Sample.time(60), address: nil)
            let removed = try await sessions.removeExpired(at: Sample.time(100), lastSeenBefore: Sample.time(50))
            try expect(removed == 1, "\(removed) were removed")
            try expect(await sessions.session(tokenHash: Sample.hash(1)) == nil, "the wrong one was removed")
        case .whatWasRemovedIsGoneForEveryCall:
            for number in 1...3 {
                try await sessions.add(Sample.session(number, of: user.id, expires: number == 3 ? 1 : 1000))
                switch number {
                case 1: _ = try await sessions.remove(Sample.id(1, 0xB0), of: user.id)
                case 2: _ = try await sessions.removeAll(of: user.id, except: nil)
                default: _ = try await sessions.removeExpired(at: Sample.time(1), lastSeenBefore: Sample.time(0))
                }
                try expect(await sessions.session(tokenHash: Sample.hash(number)) == nil, "its token is still good")
                try expect(await sessions.sessions(of: user.id).isEmpty, "it is still listed")
                try expect(await sessions.existing([Sample.id(number, 0xB0)]).isEmpty, "it still exists")
            }
        }
    }

    private func checkTouch(_ sessions: any SessionStore, _ userID: UUID) async throws {
        var session = Sample.session(1, of: userID)
        let bystander = Sample.session(2, of: userID)
        for session in [session, bystander] { try await sessions.add(session) }
        switch self {
        case .touchNotesTheUse:
            for (step, address) in ["198.51.100.7", "2001:db8::7"].enumerated() {
                session.lastSeenAt = Sample.time(100 + step, milliseconds: 374)
                session.address = address
                try await sessions.touch(session.id, at: session.lastSeenAt, address: address)
                try expect(await sessions.session(tokenHash: session.tokenHash) == session, "the use was not noted as it was")
            }
            try expect(await sessions.session(tokenHash: bystander.tokenHash) == bystander, "another session changed")
        case .touchNeverSetsTheTimeBack:
            session.lastSeenAt = Sample.time(100)
            session.address = "198.51.100.7"
            try await sessions.touch(session.id, at: session.lastSeenAt, address: session.address)
            try await sessions.touch(session.id, at: Sample.time(99, milliseconds: 999), address: "203.0.113.1")
            let found = try await sessions.session(tokenHash: session.tokenHash)
            try expect(found?.lastSeenAt == session.lastSeenAt, "an older use set the time back")
            try expect(found?.address == session.address, "an older use set the address back")
        case .ofManyTouchesAtOnceTheLatestStays:
            _ = try await atOnce(20) { try await sessions.touch(Sample.id(1, 0xB0), at: Sample.time(100 + $0), address: "198.51.100.\($0)") }
            session.lastSeenAt = Sample.time(120)
            session.address = "198.51.100.20"
            try expect(await sessions.session(tokenHash: session.tokenHash) == session, "an older use stayed")
        case .touchNeverBringsASessionBack:
            _ = try await sessions.remove(session.id, of: userID)
            for id in [session.id, Sample.id(3)] { try await sessions.touch(id, at: Sample.time(100), address: nil) }
            try expect(await sessions.sessions(of: userID) == [bystander], "there is a session more")
            try expect(await sessions.existing([session.id, Sample.id(3)]).isEmpty, "the session exists again")
            try expect(await sessions.session(tokenHash: session.tokenHash) == nil, "its token is good again")
        default:
            let removed = session
            _ = try await atOnce(20) { number in
                if number == 10 { _ = try await sessions.remove(removed.id, of: userID) }
                try await sessions.touch(removed.id, at: Sample.time(100 + number), address: "198.51.100.1")
            }
            try expect(await sessions.sessions(of: userID) == [bystander], "there is a session more")
            try expect(await sessions.session(tokenHash: session.tokenHash) == nil, "its token is good again")
        }
    }

    private static func removesAllButOne(_ sessions: any SessionStore, _ userID: UUID, _ otherID: UUID) async throws {
        let own = (1...4).map { Sample.session($0, of: userID) }
        let others = Sample.session(5, of: otherID)
        for session in own + [others] { try await sessions.add(session) }
        let removed = try await sessions.removeAll(of: userID, except: own[1].id)
        try expect(Set(removed.map(\.id)) == [own[0].id, own[2].id, own[3].id], "the wrong ones were removed")
        try expect(removed.allSatisfy(own.contains), "what was removed is given changed")
        try expect(await sessions.sessions(of: userID) == [own[1]], "the one that stays is not there, or not alone")
        try expect(await sessions.removeAll(of: userID, except: own[1].id).isEmpty, "some were removed twice")
        // The id of another's session keeps nothing of one's own.
        try expect(await sessions.removeAll(of: userID, except: others.id) == [own[1]], "the last one was not removed")
        try expect(await sessions.removeAll(of: userID, except: nil).isEmpty, "of none some were removed")
        try expect(await sessions.sessions(of: otherID) == [others], "another's session went with them")
        try expect(await sessions.removeAll(of: otherID, except: nil) == [others], "without one that stays not all were removed")
    }
}

import Foundation
public import Identity

/// What every store of one-time links promises, one case a promise.
public enum OneTimeLinkStoreContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsTimesToTheMillisecond
    case findsALinkByItsWholeTokenHash
    case lookingAtALinkLeavesIt
    case takingALinkRemovesIt
    case ofManyWhoTakeAtOnceOneGetsIt
    case doesNotGiveALinkThatHasEnded
    case keepsLinksThatComeAtOnce
    case removesAllOfOnePurposeOfAnAccount
    case removesAllOfOnePurposeThatBelongToNobody
    case removesThoseThatHaveEnded

    /// - Parameters:
    ///   - links: empty, as the other.
    ///   - users: of the same place as `links`.
    public func check(links: any OneTimeLinkStore, users: any UserStore) async throws {
        let user = try Sample.user(1)
        let other = try Sample.user(2)
        for user in [user, other] { try await users.add(user) }
        let now = Sample.time(1)
        switch self {
        case .keepsEveryFieldAsItWas:
            var number = 0
            for purpose in OneTimeLink.Purpose.allCases {
                for role in Role.allCases {
                    for (userID, email) in [(user.id, nil), (nil, try Sample.email("o'neil+%_*@xn--bcher-kva.example"))] {
                        number += 1
                        let link = OneTimeLink(
                            tokenHash: Sample.hash(number), purpose: purpose, userID: userID, role: role, email: email,
                            createdAt: Sample.time(0, milliseconds: number), expiresAt: Sample.time(100, milliseconds: number))
                        try await links.add(link)
                        let found = try await links.link(tokenHash: link.tokenHash, at: now)
                        try expect(found == link, "a link for \(purpose) came back changed")
                        try expect(found?.email?.text, isExactly: email?.text, "the address")
                        try expect(await links.take(tokenHash: link.tokenHash, at: now) == link, "a link for \(purpose) was taken changed")
                    }
                }
            }
        case .keepsTimesToTheMillisecond:
            for (number, time) in zip(1..., Sample.difficultTimes) {
                let link = OneTimeLink(tokenHash: Sample.hash(number), purpose: .signUp, createdAt: time, expiresAt: time)
                try await links.add(link)
                let found = try await links.link(tokenHash: link.tokenHash, at: Date(timeIntervalSince1970: time.timeIntervalSince1970 - 1))
                try expect(found == link, "a time of the link is off by \(found?.expiresAt.timeIntervalSince(time) ?? .nan) s")
            }
        case .findsALinkByItsWholeTokenHash:
            for number in 1...2 { try await links.add(Sample.link(number, of: user.id)) }
            for hash in [Sample.hash(3), Sample.hash(1).dropLast(), Sample.hash(1) + [0], []] {
                try expect(await links.link(tokenHash: hash, at: now) == nil, "a link was found that nobody added")
                try expect(await links.take(tokenHash: hash, at: now) == nil, "a link was taken that nobody added")
            }
            try expect(await links.take(tokenHash: Sample.hash(2), at: now) == Sample.link(2, of: user.id), "another link was taken")
            try expect(await links.link(tokenHash: Sample.hash(1), at: now) == Sample.link(1, of: user.id), "the other link is gone")
        case .lookingAtALinkLeavesIt:
            let link = Sample.link(1, of: user.id)
            try await links.add(link)
            for _ in 1...3 { try expect(await links.link(tokenHash: link.tokenHash, at: now) == link, "the link is gone") }
        case .takingALinkRemovesIt:
            let link = Sample.link(1, .signUp)
            try await links.add(link)
            try expect(await links.take(tokenHash: link.tokenHash, at: now) == link, "the link was not given")
            try expect(await links.take(tokenHash: link.tokenHash, at: now) == nil, "the link was given twice")
            try expect(await links.link(tokenHash: link.tokenHash, at: now) == nil, "the link is still there")
        case .ofManyWhoTakeAtOnceOneGetsIt:
            for number in 1...5 {
                let link = Sample.link(number, of: user.id)
                try await links.add(link)
                let taken = try await atOnce(20) { _ in try await links.take(tokenHash: link.tokenHash, at: now) }.compactMap(\.self)
                try expect(taken == [link], "\(taken.count) got it")
            }
        case .doesNotGiveALinkThatHasEnded:
            let link = Sample.link(1, of: user.id, expires: 100)
            try await links.add(link)
            for time in [Sample.time(100), Sample.time(100, milliseconds: 1), Sample.time(1_000_000)] {
                try expect(await links.link(tokenHash: link.tokenHash, at: time) == nil, "an ended link is shown")
                try expect(await links.take(tokenHash: link.tokenHash, at: time) == nil, "an ended link is given")
            }
            let before = Sample.time(99, milliseconds: 999)
            try await links.add(Sample.link(2, of: user.id, expires: 100))
            try expect(await links.link(tokenHash: Sample.hash(2), at: before) != nil, "a link ended a millisecond too early")
            try expect(await links.take(tokenHash: Sample.hash(2), at: before) != nil, "a link ended a millisecond too early")
        case .keepsLinksThatComeAtOnce:
            _ = try await atOnce(50) { try await links.add(Sample.link($0, of: user.id)) }
            for number in 1...50 { try expect(await links.link(tokenHash: Sample.hash(number), at: now) != nil, "link \(number) was lost") }
        case .removesAllOfOnePurposeOfAnAccount:
            for number in 1...2 { try await links.add(Sample.link(number, .passwordReset, of: user.id)) }
            try await links.add(Sample.link(3, .secondFactor, of: user.id))
            try await links.add(Sample.link(4, .passwordReset, of: other.id))
            try await links.add(Sample.link(5, .passwordReset))
            try await links.removeAll(.passwordReset, of: user.id)
            try await Self.expectLeft(links, [3, 4, 5], of: 5)
            try await links.removeAll(.passwordReset, of: user.id)
            try await Self.expectLeft(links, [3, 4, 5], of: 5)
        case .removesAllOfOnePurposeThatBelongToNobody:
            for number in 1...2 { try await links.add(Sample.link(number, .signUp)) }
            try await links.add(Sample.link(3, .signUp, of: user.id))
            try await links.add(Sample.link(4, .passwordReset))
            try await links.removeAll(.signUp, of: nil)
            try await Self.expectLeft(links, [3, 4], of: 4)
        case .removesThoseThatHaveEnded:
            for (number, end) in [(1, 99), (2, 100), (3, 101)] { try await links.add(Sample.link(number, of: user.id, expires: end)) }
            try await links.add(Sample.link(4, .signUp, expires: 5))
            let removed = try await links.removeExpired(at: Sample.time(100))
            try expect(removed == 3, "\(removed) were removed")
            try await Self.expectLeft(links, [3], of: 4, at: Sample.time(0))
            try expect(await links.removeExpired(at: Sample.time(100)) == 0, "some were removed twice")
        }
    }

    private static func expectLeft(_ links: any OneTimeLinkStore, _ numbers: [Int], of count: Int, at now: Date = Sample.time(1)) async throws {
        var left: [Int] = []
        for number in 1...count where try await links.link(tokenHash: Sample.hash(number), at: now) != nil { left.append(number) }
        try expect(left == numbers, "left are \(left)")
    }
}

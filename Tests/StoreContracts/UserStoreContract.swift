import Foundation
public import Identity

/// What every store of accounts promises, one case a promise.
public enum UserStoreContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsAnAccountOfWhichLittleIsKnown
    case keepsTextOfAnyScript
    case keepsLongValues
    case keepsTimesToTheMillisecond
    case findsAnAccountByItsAddress
    case refusesAnAddressThatIsTaken
    case refusesAnIDThatIsTaken
    case ofManyWhoAddOneAddressAtOnceOneIsKept
    case addingTheSameAccountTwiceIsAddingOnce
    case addingTheSameAccountAtOnceIsAddingOnce
    case anAccountAddedAgainIsNotSetBack
    case changesEveryField
    case forgetsWhatAChangeTakesAway
    case refusesAChangeToAnOlderVersion
    case ofManyChangesAtOnceOneIsMade
    case refusesAChangeToAnAddressThatIsTaken
    case ofManyWhoChangeToOneAddressAtOnceOneGetsIt
    case refusesAChangeOfAnAccountThatIsGone
    case anAddressThatWasFreedCanBeTaken
    case deleteRemovesSessionsAndLinks
    case deleteSaysWhetherThereWasOne
    case ofManyWhoDeleteAtOnceOneDidIt
    case listsInTheOrderOfTheAddresses
    case listsPageByPage
    case listsAtMostAsManyAsAskedFor
    case findsTextInTheAddressOrTheName
    case findsWhateverTheCaseOfASCIILetters
    case takesSpecialCharactersLiterally
    case findsPageByPage
    case countsARoleWithoutThoseThatAreLocked

    /// - Parameters:
    ///   - users: empty, as the others.
    ///   - sessions: of the same place as `users`.
    ///   - links: of the same place as `users`.
    public func check(users: any UserStore, sessions: any SessionStore, links: any OneTimeLinkStore) async throws {
        switch self {
        case .keepsEveryFieldAsItWas: try await Self.keepsEveryField(users)
        case .keepsAnAccountOfWhichLittleIsKnown:
            let user = try Sample.user(1)
            try await users.add(user)
            try expect(await users.user(user.id) == user, "the account came back changed")
        case .keepsTextOfAnyScript: try await Self.keepsText(users)
        case .keepsLongValues: try await Self.keepsLongValues(users)
        case .keepsTimesToTheMillisecond: try await Self.keepsTimes(users)
        case .findsAnAccountByItsAddress: try await Self.findsByAddress(users)
        case .refusesAnAddressThatIsTaken:
            let user = try Sample.wholeUser(1)
            try await users.add(user)
            try await Self.expectConflict(.emailTaken) { try await users.add(Sample.user(2, email: "PERSON1@example.org")) }
            try expect(await users.user(user.id) == user, "the first account changed")
            try expect(await users.user(Sample.id(2)) == nil, "what was refused was kept")
        case .refusesAnIDThatIsTaken:
            let user = try Sample.wholeUser(1)
            try await users.add(user)
            try await Self.expectConflict(.emailTaken) { try await users.add(Sample.user(1, email: "other@example.org")) }
            try expect(await users.user(user.id) == user, "the first account changed")
            try expect(await users.user(email: Sample.email("other@example.org")) == nil, "what was refused was kept")
        case .ofManyWhoAddOneAddressAtOnceOneIsKept: try await Self.addsOneAddressAtOnce(users)
        case .addingTheSameAccountTwiceIsAddingOnce:
            let user = try Sample.wholeUser(1)
            for _ in 1...2 { try await users.add(user) }
            try expect(await users.users(matching: nil, after: nil, limit: 10) == [user], "the second time changed something")
        case .addingTheSameAccountAtOnceIsAddingOnce:
            let user = try Sample.wholeUser(1)
            _ = try await atOnce(20) { _ in try await users.add(user) }
            try expect(await users.users(matching: nil, after: nil, limit: 100) == [user], "there is something else than the account")
        case .anAccountAddedAgainIsNotSetBack:
            let user = try Sample.wholeUser(1)
            try await users.add(user)
            var changed = user
            changed.name = "Another name"
            changed = try await users.update(changed)
            // Whether it counts as the same account after the change is the store's to say.
            _ = try await Self.conflict { try await users.add(user) }
            try expect(await users.user(user.id) == changed, "the change was lost")
        case .changesEveryField: try await Self.changesEveryField(users)
        case .forgetsWhatAChangeTakesAway:
            let user = try Sample.wholeUser(1)
            try await users.add(user)
            let bare = User(id: user.id, email: user.email, name: user.name, role: user.role, createdAt: user.createdAt, version: user.version)
            let changed = try await users.update(bare)
            try expect(changed.password == nil && changed.secondFactor == nil && changed.lockedAt == nil, "the answer holds what was taken away")
            try expect(await users.user(user.id) == changed, "the store holds what was taken away")
        case .refusesAChangeToAnOlderVersion: try await Self.refusesOlderVersions(users)
        case .ofManyChangesAtOnceOneIsMade: try await Self.changesAtOnce(users)
        case .refusesAChangeToAnAddressThatIsTaken:
            let taken = try Sample.user(1)
            let user = try Sample.user(2)
            for user in [taken, user] { try await users.add(user) }
            var changed = user
            changed.email = taken.email
            changed.name = "Another name"
            try await Self.expectConflict(.emailTaken) { [changed] in _ = try await users.update(changed) }
            try expect(await users.user(user.id) == user, "a part of the change was made")
            try expect(await users.user(email: taken.email) == taken, "the address went to the other account")
        case .ofManyWhoChangeToOneAddressAtOnceOneGetsIt: try await Self.changesToOneAddressAtOnce(users)
        case .refusesAChangeOfAnAccountThatIsGone:
            let user = try Sample.user(1)
            try await Self.expectConflict(.gone) { _ = try await users.update(user) }
            try await users.add(user)
            _ = try await users.delete(user.id)
            try await Self.expectConflict(.gone) { _ = try await users.update(user) }
            try expect(await users.user(user.id) == nil, "the change brought the account back")
        case .anAddressThatWasFreedCanBeTaken:
            var user = try Sample.user(1)
            try await users.add(user)
            user.email = try Sample.email("other@example.org")
            _ = try await users.update(user)
            try await users.add(Sample.user(2, email: "person1@example.org"))
            _ = try await users.delete(user.id)
            try await users.add(Sample.user(3, email: "other@example.org"))
            try expect(await users.user(email: user.email)?.id == Sample.id(3), "the address still leads to the account before")
        case .deleteRemovesSessionsAndLinks: try await Self.deletesEverything(users, sessions, links)
        case .deleteSaysWhetherThereWasOne:
            let user = try Sample.user(1)
            try expect(await !users.delete(user.id), "an account was deleted that was never there")
            try await users.add(user)
            try expect(await users.delete(user.id), "it says there was none")
            try expect(await !users.delete(user.id), "it says there was one still")
            try expect(await users.user(user.id) == nil, "the account is there")
            try expect(await users.user(email: user.email) == nil, "the address still leads to the account")
            try expect(await users.users(matching: nil, after: nil, limit: 10).isEmpty, "the account is still listed")
        case .ofManyWhoDeleteAtOnceOneDidIt:
            let user = try Sample.user(1)
            try await users.add(user)
            let answers = try await atOnce(20) { _ in try await users.delete(user.id) }
            try expect(answers.count { $0 } == 1, "\(answers.count { $0 }) deleted it")
        case .listsInTheOrderOfTheAddresses: try await Self.listsInOrder(users)
        case .listsPageByPage:
            for number in (1...25).shuffled() { try await users.add(Sample.user(number)) }
            let expected = (1...25).map { "person\($0)@example.org" }.sorted()
            let found = try await allPages(of: 10, enough: 100) { try await users.users(matching: nil, after: $0?.email, limit: 10) }
            try expect(found.map(\.email.text) == expected, "the pages hold \(found.map(\.email.text))")
            let behind = try await users.users(matching: nil, after: Sample.email("person24a@example.org"), limit: 1)
            try expect(behind.map(\.email.text) == ["person25@example.org"], "behind an address that is not there comes \(behind.map(\.email.text))")
            try expect(await users.users(matching: nil, after: Sample.email("person9@example.org"), limit: 1).isEmpty, "something is behind the last")
        case .listsAtMostAsManyAsAskedFor:
            for number in 1...5 { try await users.add(Sample.user(number)) }
            try expect(await users.users(matching: nil, after: nil, limit: 2).count == 2, "the limit is not kept")
            try expect(await users.users(matching: nil, after: nil, limit: 0).isEmpty, "a limit of nothing gives something")
        case .findsTextInTheAddressOrTheName:
            try await users.add(Sample.user(1, email: "zoe@rivers.example", name: "Zoë Marsh"))
            try await users.add(Sample.user(2, email: "marsh@example.org", name: "Ann"))
            try await users.add(Sample.user(3, email: "ben@example.org", name: "Ben Bridge"))
            try await Self.expectFound(users, "marsh", [1, 2])
            try await Self.expectFound(users, "@example", [2, 3])
            try await Self.expectFound(users, "Zoë M", [1])
            try await Self.expectFound(users, "bridge", [3])
            try await Self.expectFound(users, "nobody", [])
            // Text that goes over from the one to the other is in neither.
            try await Self.expectFound(users, "orgBen", [])
        case .findsWhateverTheCaseOfASCIILetters:
            try await users.add(Sample.user(1, email: "Quick.Fox@Example.org", name: "Jumps OVER"))
            for text in ["quick.fox", "QUICK.FOX", "qUICK", "jumps over", "JUMPS OVER", "jUMPS"] { try await Self.expectFound(users, text, [1]) }
        case .takesSpecialCharactersLiterally: try await Self.takesLiterally(users)
        case .findsPageByPage:
            for number in 1...12 { try await users.add(Sample.user(number, name: number.isMultiple(of: 2) ? "Even" : "Odd")) }
            let found = try await allPages(of: 4, enough: 50) { try await users.users(matching: "even", after: $0?.email, limit: 4) }
            let expected = [2, 4, 6, 8, 10, 12].map { "person\($0)@example.org" }.sorted()
            try expect(found.map(\.email.text) == expected, "the pages hold \(found.map(\.email.text))")
        case .countsARoleWithoutThoseThatAreLocked: try await Self.counts(users)
        }
    }

    private static func keepsEveryField(_ users: any UserStore) async throws {
        let user = try Sample.wholeUser(1)
        try await users.add(user)
        try expect(await users.user(user.id) == user, "the account came back changed")
        try expect(await users.user(email: user.email) == user, "by its address it came back changed")
        try expect(await users.users(matching: nil, after: nil, limit: 10) == [user], "in the list it came back changed")
        for (number, role) in zip(2..., Role.allCases) {
            var other = try Sample.user(number, role: role)
            other.secondFactor = SecondFactor(secret: Sample.hash(number))
            try await users.add(other)
            try expect(await users.user(other.id) == other, "an account with the role \(role) came back changed")
        }
    }

    private static func keepsText(_ users: any UserStore) async throws {
        let user = try Sample.user(1, email: "o'neil+%_*@xn--bcher-kva.example", name: Sample.difficultText)
        try await users.add(user)
        let found = try await users.user(email: user.email)
        try expect(found?.name, isExactly: user.name, "the name")
        try expect(found?.email.text, isExactly: user.email.text, "the address")
        try expect(found == user, "the account came back changed")
        try await expectFound(users, "王 ʼ'\"`\\ %_*.?[]", [1])
    }

    private static func keepsLongValues(_ users: any UserStore) async throws {
        let domain = String(repeating: "abcdefghi.", count: 18) + "example"
        var user = try Sample.user(1, email: String(repeating: "l", count: 64) + "@" + domain, name: String(repeating: "\u{1F980}", count: 100))
        user.password = PasswordHash("$argon2id$" + String(repeating: "x", count: 2000))
        user.secondFactor = SecondFactor(secret: (0...255).map { $0 }, recoveryHashes: (1...100).map(Sample.hash))
        try await users.add(user)
        try expect(await users.user(user.id) == user, "the account came back changed")
        try expect(await users.user(email: user.email) == user, "by its address it came back changed")
    }

    private static func keepsTimes(_ users: any UserStore) async throws {
        for (number, time) in zip(1..., Sample.difficultTimes) {
            let user = User(
                id: Sample.id(number), email: try Sample.email("person\(number)@example.org"), name: "Person", role: .user, createdAt: time,
                passwordChangedAt: time, lockedAt: time)
            try await users.add(user)
            let found = try await users.user(user.id)
            try expect(found?.createdAt == time, "createdAt is off by \(found?.createdAt.timeIntervalSince(time) ?? .nan) s")
            try expect(found == user, "a time of the account came back changed")
        }
    }

    private static func findsByAddress(_ users: any UserStore) async throws {
        var user = try Sample.user(1, email: "Ann@Example.org")
        let other = try Sample.user(2, email: "ann@example.org.example")
        let before = user.email
        for user in [user, other] { try await users.add(user) }
        try expect(await users.user(email: Sample.email("ANN@EXAMPLE.ORG")) == user, "the account was not found")
        try expect(await users.user(email: Sample.email("an@example.org")) == nil, "a stranger was found")
        try expect(await users.user(Sample.id(3)) == nil, "an account nobody added was found")
        user.email = try Sample.email("other@example.org")
        user = try await users.update(user)
        try expect(await users.user(email: before) == nil, "the address before still leads to the account")
        try expect(await users.user(email: user.email) == user, "the new address does not lead to the account")
    }

    private static func addsOneAddressAtOnce(_ users: any UserStore) async throws {
        let conflicts = try await atOnce(20) { number in try await conflict { try await users.add(Sample.user(number, email: "one@example.org")) } }
        try expect(conflicts.count { $0 == nil } == 1, "\(conflicts.count { $0 == nil }) were kept")
        try expect(conflicts.count { $0 == .emailTaken } == 19, "the others met \(conflicts)")
        try expect(await users.users(matching: nil, after: nil, limit: 100).count == 1, "more than one is listed")
    }

    private static func changesEveryField(_ users: any UserStore) async throws {
        let bystander = try Sample.wholeUser(2)
        var user = try Sample.user(1)
        for user in [user, bystander] { try await users.add(user) }
        for (step, role) in Role.allCases.enumerated() {
            var changed = try Sample.wholeUser(1)
            changed = User(
                id: user.id, email: try Sample.email("changed\(step)@example.org"), name: "Changed \(step)", role: role, password: changed.password,
                secondFactor: changed.secondFactor, createdAt: user.createdAt, passwordChangedAt: changed.passwordChangedAt,
                lockedAt: changed.lockedAt, version: user.version)
            let answer = try await users.update(changed)
            changed.version += 1
            try expect(answer == changed, "the answer is \(answer)")
            try expect(await users.user(user.id) == changed, "the change was not made as it was asked for")
            user = answer
        }
        try expect(await users.user(bystander.id) == bystander, "another account changed")
    }

    private static func refusesOlderVersions(_ users: any UserStore) async throws {
        let user = try Sample.user(1)
        try await users.add(user)
        var first = user
        first.name = "First"
        first = try await users.update(first)
        var second = user
        second.name = "Second"
        try await expectConflict(.changedMeanwhile) { [second] in _ = try await users.update(second) }
        second.version = first.version + 1
        try await expectConflict(.changedMeanwhile) { [second] in _ = try await users.update(second) }
        try expect(await users.user(user.id) == first, "what was refused was done")
    }

    private static func changesAtOnce(_ users: any UserStore) async throws {
        let user = try Sample.user(1)
        try await users.add(user)
        let changed = try await atOnce(20) { number -> User? in
            var change = user
            change.name = "Change \(number)"
            do {
                return try await users.update(change)
            } catch UserConflict.changedMeanwhile {
                return nil
            }
        }.compactMap(\.self)
        try expect(changed.count == 1, "\(changed.count) changes were made to one version")
        try expect(await users.user(user.id) == changed.first, "the account is not as the one change made it")
        try expect(changed.first?.version == user.version + 1, "the version is \(changed.first?.version ?? 0)")
    }

    private static func changesToOneAddressAtOnce(_ users: any UserStore) async throws {
        for number in 1...20 { try await users.add(Sample.user(number)) }
        let conflicts = try await atOnce(20) { number in
            try await conflict { _ = try await users.update(Sample.user(number, email: "one@example.org")) }
        }
        try expect(conflicts.count { $0 == nil } == 1, "\(conflicts.count { $0 == nil }) got the address")
        try expect(conflicts.count { $0 == .emailTaken } == 19, "the others met \(conflicts)")
        let found = try await users.users(matching: "one@example.org", after: nil, limit: 100).count
        try expect(found == 1, "\(found) accounts have the address")
    }

    private static func deletesEverything(_ users: any UserStore, _ sessions: any SessionStore, _ links: any OneTimeLinkStore) async throws {
        let user = try Sample.user(1)
        let other = try Sample.user(2)
        for user in [user, other] { try await users.add(user) }
        for number in 1...3 { try await sessions.add(Sample.session(number, of: user.id)) }
        let othersSession = Sample.session(4, of: other.id)
        try await sessions.add(othersSession)
        for (number, purpose) in zip(1..., OneTimeLink.Purpose.allCases) { try await links.add(Sample.link(number, purpose, of: user.id)) }
        let othersLink = Sample.link(11, of: other.id)
        let nobodysLink = Sample.link(12, .signUp)
        for link in [othersLink, nobodysLink] { try await links.add(link) }
        try expect(await users.delete(user.id), "it says there was none")
        for number in 1...3 { try expect(await sessions.session(tokenHash: Sample.hash(number)) == nil, "a session of the account is still there") }
        try expect(await sessions.sessions(of: user.id).isEmpty, "a session of the account is still listed")
        try expect(await sessions.existing([Sample.id(1, 0xB0)]).isEmpty, "a session of the account still exists")
        for number in 1...OneTimeLink.Purpose.allCases.count {
            try expect(await links.link(tokenHash: Sample.hash(number), at: Sample.time(1)) == nil, "a link of the account is still there")
        }
        try expect(await users.user(other.id) == other, "another account went with it")
        try expect(await sessions.session(tokenHash: othersSession.tokenHash) == othersSession, "another's session went with it")
        try expect(await links.link(tokenHash: othersLink.tokenHash, at: Sample.time(1)) == othersLink, "another's link went with it")
        try expect(await links.link(tokenHash: nobodysLink.tokenHash, at: Sample.time(1)) == nobodysLink, "nobody's link went with it")
    }

    private static func listsInOrder(_ users: any UserStore) async throws {
        let addresses = [
            "a+b@example.org", "a-b@example.org", "a.b@example.org", "a1@example.org", "a@example.org", "a_b@example.org", "ab@example.org",
            "B@example.org", "z@example.org", "{z@example.org", "~z@example.org", "_z@example.org", "0@example.org",
        ]
        for (number, address) in zip(1..., addresses.shuffled()) { try await users.add(Sample.user(number, email: address)) }
        let expected = try addresses.map { try Sample.email($0).text }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let found = try await users.users(matching: nil, after: nil, limit: 100).map(\.email.text)
        try expect(found == expected, "the order is \(found)")
        let paged = try await allPages(of: 1, enough: 50) { try await users.users(matching: nil, after: $0?.email, limit: 1) }
        try expect(paged.map(\.email.text) == expected, "one by one the order is \(paged.map(\.email.text))")
    }

    private static func takesLiterally(_ users: any UserStore) async throws {
        let special = [
            "%", "_", "*", ".", "\\", "?", "+", "^", "$", "|", "[b]", "(b)", ".*", "\\%", "'", "\"", "''", "%%", "b?", "{1}", "-", "\\E", "\\Q",
        ]
        for (number, text) in zip(1..., special) { try await users.add(Sample.user(number, email: "x\(number)@y.org", name: "k\(text)m")) }
        // What they would find if they meant something; none of them holds one of them.
        for (number, text) in zip(101..., ["kbm", "km", "kbbm", "kkm"]) {
            try await users.add(Sample.user(number, email: "x\(number)@y.org", name: text))
        }
        for (number, text) in zip(1..., special) { try await expectFound(users, "K\(text)m", [number]) }
        try await expectFound(users, "x1%y.org", [])
        try await expectFound(users, "x1_y.org", [])
        try await expectFound(users, "^x", [])
    }

    private static func counts(_ users: any UserStore) async throws {
        for role in Role.allCases { try expect(await users.count(role) == 0, "there are some before there is one") }
        for number in 1...3 { try await users.add(Sample.user(number, role: .admin)) }
        try await users.add(Sample.user(4, role: .author))
        var locked = try Sample.user(5, role: .admin)
        locked.lockedAt = Sample.time(9)
        try await users.add(locked)
        try expect(await users.count(.admin) == 3, "the administrators are not 3")
        try expect(await users.count(.author) == 1, "the authors are not 1")
        try expect(await users.count(.user) == 0, "the users are not 0")
        locked.lockedAt = nil
        locked = try await users.update(locked)
        try expect(await users.count(.admin) == 4, "who is unlocked does not count")
        locked.lockedAt = Sample.time(10)
        locked = try await users.update(locked)
        try expect(await users.count(.admin) == 3, "who is locked counts")
    }

    private static func conflict(_ body: () async throws -> Void) async throws -> UserConflict? {
        do {
            try await body()
            return nil
        } catch let conflict as UserConflict {
            return conflict
        }
    }

    private static func expectConflict(_ expected: UserConflict, _ body: () async throws -> Void) async throws {
        let found = try await conflict(body)
        try expect(found == expected, "\(expected) was due, and \(found.map { "\($0)" } ?? "nothing") came")
    }

    private static func expectFound(_ users: any UserStore, _ text: String, _ numbers: [Int]) async throws {
        let found = try await users.users(matching: text, after: nil, limit: 200).map(\.id)
        try expect(Set(found) == Set(numbers.map { Sample.id($0) }) && found.count == numbers.count, "“\(text)” finds \(found)")
    }
}

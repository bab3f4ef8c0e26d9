import Foundation
public import Identity

/// What every audit trail promises, one case a promise.
public enum AuditLogContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsALineOfWhichLittleIsKnown
    case keepsTextOfAnyScript
    case keepsDetailsOfAnyKind
    case keepsTimesToTheMillisecond
    case keepsActionsItDoesNotKnow
    case appendingTwiceIsAppendingOnce
    case appendingOneAtOnceIsAppendingOnce
    case keepsLinesThatComeAtOnce
    case keepsSeveralLinesAtATime
    case givesTheNewestFirst
    case ofOneMomentGivesTheGreaterIDFirst
    case findsBySubject
    case findsByActor
    case findsByAction
    case findsByOutcome
    case findsByAddress
    case findsByAllTogether
    case givesPageAfterPageWithoutGapsOrDoubles
    case givesPagesOfWhatIsAskedFor
    case givesWhatIsBehindAPlaceWithoutALine
    case keepsItsPlaceWhileLinesAreAdded
    case givesAtMostAsManyAsAskedFor

    /// - Parameter log: empty.
    public func check(_ log: any AuditLog) async throws {
        switch self {
        case .keepsEveryFieldAsItWas:
            for (number, outcome) in zip(1..., [AuditEvent.Outcome.done, .refused]) {
                let event = AuditEvent(
                    id: Sample.id(number), at: Sample.time(number, milliseconds: 1), action: .roleChanged, outcome: outcome, actor: Sample.id(11),
                    subject: Sample.id(12), sessionID: Sample.id(13), address: "2001:db8::1", userAgent: "Browser/1", requestID: "req-1",
                    details: ["from": "user", "to": "admin"])
                try await log.append(event)
                try expect(await log.events(AuditQuery(limit: 1)) == [event], "the line came back changed")
            }
        case .keepsALineOfWhichLittleIsKnown:
            let event = AuditEvent(id: Sample.id(1), at: Sample.time(1), action: .signIn)
            try await log.append(event)
            try expect(await log.events(AuditQuery()) == [event], "the line came back changed")
        case .keepsTextOfAnyScript:
            let event = AuditEvent(
                id: Sample.id(1), at: Sample.time(1), action: .signIn, address: "fe80::1%eth0'\"\\", userAgent: Sample.difficultText,
                requestID: Sample.difficultText + String(repeating: "x", count: 400))
            try await log.append(event)
            let found = try await log.events(AuditQuery()).first
            try expect(found?.userAgent, isExactly: event.userAgent, "what the browser said of itself")
            try expect(found?.requestID, isExactly: event.requestID, "the id of the request")
            try expect(found == event, "the line came back changed")
        case .keepsDetailsOfAnyKind: try await Self.keepsDetails(log)
        case .keepsTimesToTheMillisecond:
            for (number, time) in zip(1..., Sample.difficultTimes) {
                try await log.append(AuditEvent(id: Sample.id(number), at: time, action: .signIn))
            }
            let found = try await log.events(AuditQuery(limit: 100)).map(\.at)
            try expect(found == Sample.difficultTimes.sorted(by: >), "the times are \(found.map(\.timeIntervalSince1970))")
        case .keepsActionsItDoesNotKnow:
            let event = AuditEvent(id: Sample.id(1), at: Sample.time(1), action: AuditAction(rawValue: "made-tomorrow"))
            try await log.append(event)
            try expect(await log.events(AuditQuery(action: event.action)) == [event], "the line was not found as it was")
        case .appendingTwiceIsAppendingOnce:
            let event = Self.event(1)
            for _ in 1...2 { try await log.append(event) }
            try await log.append(AuditEvent(id: event.id, at: Sample.time(50), action: .accountDeleted, outcome: .refused, details: ["a": "b"]))
            try expect(await log.events(AuditQuery()) == [event], "the second time changed something")
        case .appendingOneAtOnceIsAppendingOnce:
            _ = try await atOnce(20) { _ in try await log.append(Self.event(1)) }
            try expect(await log.events(AuditQuery()) == [Self.event(1)], "there is something else than the line")
        case .keepsLinesThatComeAtOnce:
            _ = try await atOnce(50) { try await log.append(Self.event($0)) }
            try expect(await log.events(AuditQuery(limit: 100)) == (1...50).reversed().map { Self.event($0) }, "lines were lost, or changed")
        case .keepsSeveralLinesAtATime:
            try await log.append([Self.event(2)])
            try await log.append((1...3).map { Self.event($0) } + [Self.event(1)])
            try await log.append([])
            try expect(await log.events(AuditQuery(limit: 100)) == [3, 2, 1].map { Self.event($0) }, "lines were lost, or are there twice")
        case .givesTheNewestFirst:
            for (number, time) in [(1, 20), (2, 30), (3, 10)] { try await log.append(Self.event(number, at: time)) }
            try await Self.expectFound(log, AuditQuery(), [2, 1, 3])
        case .ofOneMomentGivesTheGreaterIDFirst:
            for number in [3, 300, 1, 255, 2] { try await log.append(Self.event(number, at: 7)) }
            try await Self.expectFound(log, AuditQuery(), [300, 255, 3, 2, 1])
        case .findsBySubject, .findsByActor, .findsByAction, .findsByOutcome, .findsByAddress, .findsByAllTogether: try await checkFilter(log)
        case .givesPageAfterPageWithoutGapsOrDoubles:
            for number in (1...60).shuffled() { try await log.append(Self.event(number, at: number % 3)) }
            let all = try await log.events(AuditQuery(limit: 100))
            for size in [1, 7, 20, 60] {
                let found = try await allPages(of: size, enough: 200) { try await log.events(AuditQuery(after: $0.map(Self.position), limit: size)) }
                try expect(found == all, "pages of \(size) hold \(found.count) lines, or in another order")
            }
            try expect(all.count == 60, "there are \(all.count)")
            try expect(await log.events(AuditQuery(after: all.last.map(Self.position))).isEmpty, "something is behind the last")
        case .givesPagesOfWhatIsAskedFor:
            let subject = Sample.id(500)
            for number in 1...40 { try await log.append(Self.event(number, at: 5, subject: number.isMultiple(of: 2) ? subject : nil)) }
            let found = try await allPages(of: 6, enough: 200) {
                try await log.events(AuditQuery(subject: subject, after: $0.map(Self.position), limit: 6))
            }
            try expect(found.map(\.id) == (1...20).reversed().map { Sample.id($0 * 2) }, "the pages hold \(found.map(\.id))")
        case .givesWhatIsBehindAPlaceWithoutALine:
            for number in [1, 2, 4, 5] { try await log.append(Self.event(number, at: 7)) }
            try await log.append(Self.event(3, at: 9))
            try await Self.expectFound(log, AuditQuery(after: AuditQuery.Position(at: Sample.time(7), id: Sample.id(3))), [2, 1])
            try await Self.expectFound(log, AuditQuery(after: AuditQuery.Position(at: Sample.time(8), id: Sample.id(0))), [5, 4, 2, 1])
            try await Self.expectFound(log, AuditQuery(after: AuditQuery.Position(at: Sample.time(10), id: Sample.id(0))), [3, 5, 4, 2, 1])
            try await Self.expectFound(log, AuditQuery(after: AuditQuery.Position(at: Sample.time(7, milliseconds: -1), id: Sample.id(9))), [])
        case .keepsItsPlaceWhileLinesAreAdded:
            for number in 1...10 { try await log.append(Self.event(number)) }
            let first = try await log.events(AuditQuery(limit: 5))
            for number in 11...15 { try await log.append(Self.event(number)) }
            try await Self.expectFound(log, AuditQuery(after: first.last.map(Self.position), limit: 5), [5, 4, 3, 2, 1])
        case .givesAtMostAsManyAsAskedFor:
            for number in 1...5 { try await log.append(Self.event(number)) }
            try expect(await log.events(AuditQuery(limit: 2)).count == 2, "the limit is not kept")
            try expect(await log.events(AuditQuery(limit: 0)).isEmpty, "a limit of nothing gives something")
            try expect(await log.events(AuditQuery(limit: 1000)).count == 5, "a high limit does not give all")
        }
    }

    private func checkFilter(_ log: any AuditLog) async throws {
        let (ann, ben) = (Sample.id(501), Sample.id(502))
        for event in [
            Self.event(1, actor: ann, subject: ben, action: .signIn, outcome: .done, address: "192.0.2.1"),
            Self.event(2, actor: ann, subject: ann, action: .signIn, outcome: .refused, address: "192.0.2.10"),
            Self.event(3, actor: ben, subject: ann, action: .signOut, outcome: .done, address: "2001:db8::1"),
            Self.event(4, actor: nil, subject: ben, action: .signOut, outcome: .refused, address: nil),
            Self.event(5, actor: ben, subject: nil, action: .signIn, outcome: .done, address: "192.0.2.1"),
        ] {
            try await log.append(event)
        }
        switch self {
        case .findsBySubject:
            try await Self.expectFound(log, AuditQuery(subject: ann), [3, 2])
            try await Self.expectFound(log, AuditQuery(subject: ben), [4, 1])
            try await Self.expectFound(log, AuditQuery(subject: Sample.id(503)), [])
        case .findsByActor:
            try await Self.expectFound(log, AuditQuery(actor: ann), [2, 1])
            try await Self.expectFound(log, AuditQuery(actor: ben), [5, 3])
            try await Self.expectFound(log, AuditQuery(actor: Sample.id(503)), [])
        case .findsByAction:
            try await Self.expectFound(log, AuditQuery(action: .signIn), [5, 2, 1])
            try await Self.expectFound(log, AuditQuery(action: .signOut), [4, 3])
            try await Self.expectFound(log, AuditQuery(action: AuditAction(rawValue: "sign")), [])
        case .findsByOutcome:
            try await Self.expectFound(log, AuditQuery(outcome: .done), [5, 3, 1])
            try await Self.expectFound(log, AuditQuery(outcome: .refused), [4, 2])
        case .findsByAddress:
            try await Self.expectFound(log, AuditQuery(address: "192.0.2.1"), [5, 1])
            try await Self.expectFound(log, AuditQuery(address: "2001:db8::1"), [3])
            try await Self.expectFound(log, AuditQuery(address: "192.0.2._"), [])
            try await Self.expectFound(log, AuditQuery(address: "%"), [])
        default:
            try await Self.expectFound(
                log, AuditQuery(subject: ben, actor: ann, action: .signIn, outcome: .done, address: "192.0.2.1", limit: 10), [1])
            try await Self.expectFound(log, AuditQuery(subject: ben, actor: ann, action: .signOut, outcome: .done, address: "192.0.2.1"), [])
            try await Self.expectFound(log, AuditQuery(actor: ben, outcome: .done, limit: 1), [5])
        }
    }

    private static func keepsDetails(_ log: any AuditLog) async throws {
        var details = [
            "a.b": "dots", "$set": "a dollar", "a[0]": "brackets", "": "no name", "_id": "7", "with space": "", "quote\"'\\": "\"'\\",
            "json": #"{"a":{"b":[{"c":[[[[{"d":null}]]]]}]}}"#, "deep": String(repeating: "[", count: 2000), "number": "007", "flag": "true",
            "text": Sample.difficultText, Sample.difficultText: "text", "long": String(repeating: "\u{1F980}", count: 1000),
        ]
        for number in 1...100 { details["key\(number)"] = "value \(number)" }
        let event = AuditEvent(id: Sample.id(1), at: Sample.time(1), action: .nameChanged, details: details)
        try await log.append(event)
        let found = try await log.events(AuditQuery()).first?.details
        for (name, value) in details { try expect(found?[name], isExactly: value, "“\(name)”") }
        try expect(found == details, "there are \(found?.count ?? 0) details instead of \(details.count)")
    }

    private static func event(
        _ number: Int, at seconds: Int? = nil, actor: UUID? = nil, subject: UUID? = nil, action: AuditAction = .signIn,
        outcome: AuditEvent.Outcome = .done, address: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            id: Sample.id(number), at: Sample.time(seconds ?? number), action: action, outcome: outcome, actor: actor, subject: subject,
            address: address, userAgent: "Browser/1", details: ["number": "\(number)"])
    }

    private static func position(_ event: AuditEvent) -> AuditQuery.Position { AuditQuery.Position(at: event.at, id: event.id) }

    private static func expectFound(_ log: any AuditLog, _ query: AuditQuery, _ numbers: [Int]) async throws {
        let found = try await log.events(query).map(\.id)
        try expect(found == numbers.map { Sample.id($0) }, "\(found) were found instead of \(numbers)")
    }
}

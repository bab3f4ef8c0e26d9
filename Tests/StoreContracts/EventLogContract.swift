import Foundation
public import Identity

/// What every log of events promises, one case a promise.
public enum EventLogContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsTextOfAnyScript
    case keepsTimesToTheMillisecond
    case appendingTwiceIsAppendingOnce
    case appendingOneAtOnceIsAppendingOnce
    case keepsEventsThatComeAtOnce
    case givesTheNewestFirst
    case ofOneMomentGivesTheGreaterIDFirst
    case givesThoseOfOnePersonAndOfEverybody
    case givesAtMostAsManyAsAskedFor
    case removesThoseBeforeATime

    /// - Parameter log: empty.
    public func check(_ log: any EventLog) async throws {
        let person = Sample.id(1)
        let other = Sample.id(2)
        switch self {
        case .keepsEveryFieldAsItWas:
            for event in [Sample.event(1), Sample.event(2, of: person)] {
                try await log.append(event)
                try expect(await log.recent(of: nil, limit: 1) == [event], "the event came back changed")
            }
        case .keepsTextOfAnyScript:
            let event = StackEvent(
                id: Sample.id(1), at: Sample.time(1), source: Sample.difficultText, kind: "gateway-down'; --",
                text: Sample.difficultText + String(repeating: "\u{1F980} ", count: 2000), userID: nil)
            try await log.append(event)
            let found = try await log.recent(of: nil, limit: 1).first
            try expect(found?.source, isExactly: event.source, "the source")
            try expect(found?.kind, isExactly: event.kind, "the kind")
            try expect(found?.text, isExactly: event.text, "the text")
        case .keepsTimesToTheMillisecond:
            for (number, time) in zip(1..., Sample.difficultTimes) {
                try await log.append(StackEvent(id: Sample.id(number), at: time, source: "landing", kind: "start", text: "Started."))
            }
            let found = try await log.recent(of: nil, limit: 100).map(\.at)
            try expect(found == Sample.difficultTimes.sorted(by: >), "the times are \(found.map(\.timeIntervalSince1970))")
        case .appendingTwiceIsAppendingOnce:
            let event = Sample.event(1)
            try await log.append(event)
            try await log.append(event)
            try await log.append(StackEvent(id: event.id, at: Sample.time(50), source: "gateway", kind: "other", text: "Another.", userID: person))
            try expect(await log.recent(of: nil, limit: 10) == [event], "the second time changed something")
        case .appendingOneAtOnceIsAppendingOnce:
            _ = try await atOnce(20) { _ in try await log.append(Sample.event(1)) }
            try expect(await log.recent(of: nil, limit: 100) == [Sample.event(1)], "there is something else than the event")
        case .keepsEventsThatComeAtOnce:
            _ = try await atOnce(50) { try await log.append(Sample.event($0)) }
            try expect(await log.recent(of: nil, limit: 100) == (1...50).reversed().map { Sample.event($0) }, "events were lost, or changed")
        case .givesTheNewestFirst:
            for (number, time) in [(1, 20), (2, 30), (3, 10)] { try await log.append(Sample.event(number, at: time)) }
            let found = try await log.recent(of: nil, limit: 10).map(\.text)
            try expect(found == ["Event 2.", "Event 1.", "Event 3."], "the order is \(found)")
        case .ofOneMomentGivesTheGreaterIDFirst:
            for number in [3, 300, 1, 255, 2] { try await log.append(Sample.event(number, at: 7, of: number.isMultiple(of: 2) ? person : nil)) }
            for userID in [nil, person] {
                let found = try await log.recent(of: userID, limit: 10).map(\.text)
                try expect(found == ["Event 300.", "Event 255.", "Event 3.", "Event 2.", "Event 1."], "the order is \(found)")
            }
        case .givesThoseOfOnePersonAndOfEverybody:
            for (number, userID) in zip(1..., [nil, person, other, nil, other, person]) { try await log.append(Sample.event(number, of: userID)) }
            try await Self.expectRecent(log, of: person, [6, 4, 2, 1])
            try await Self.expectRecent(log, of: other, [5, 4, 3, 1])
            try await Self.expectRecent(log, of: Sample.id(3), [4, 1])
            try await Self.expectRecent(log, of: nil, [6, 5, 4, 3, 2, 1])
            try await Self.expectRecent(log, of: person, limit: 3, [6, 4, 2])
        case .givesAtMostAsManyAsAskedFor:
            for number in 1...5 { try await log.append(Sample.event(number, of: number.isMultiple(of: 2) ? person : nil)) }
            for userID in [nil, person] {
                try expect(await log.recent(of: userID, limit: 2).count == 2, "the limit is not kept")
                try expect(await log.recent(of: userID, limit: 0).isEmpty, "a limit of nothing gives something")
                try expect(await log.recent(of: userID, limit: 100).count == 5, "a high limit does not give all")
            }
        case .removesThoseBeforeATime:
            for number in 1...5 { try await log.append(Sample.event(number, of: number.isMultiple(of: 2) ? person : nil)) }
            let removed = try await log.remove(before: Sample.time(3))
            try expect(removed == 2, "\(removed) were removed")
            try await Self.expectRecent(log, of: nil, [5, 4, 3])
            try expect(await log.remove(before: Sample.time(3)) == 0, "some were removed twice")
        }
    }

    private static func expectRecent(_ log: any EventLog, of userID: UUID?, limit: Int = 10, _ numbers: [Int]) async throws {
        let found = try await log.recent(of: userID, limit: limit).map(\.id)
        try expect(found == numbers.map { Sample.id($0, 0xE0) }, "of \(userID?.uuidString ?? "all") there are \(found)")
    }
}

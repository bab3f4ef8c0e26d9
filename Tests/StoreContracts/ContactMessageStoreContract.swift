import Foundation
public import Site

/// What every store of contact messages promises, one case a promise.
public enum ContactMessageStoreContract: String, CaseIterable, Sendable {
    case keepsEveryFieldAsItWas
    case keepsTextOfAnyScriptAndNulBytes
    case givesTheNewestFirst
    case givesAtMostAsManyAsAskedFor
    case addingTwiceIsAddingOnce
    case keepsMessagesThatComeAtOnce

    /// - Parameter store: empty.
    public func check(_ store: any ContactMessageStore) async throws {
        switch self {
        case .keepsEveryFieldAsItWas:
            let message = Self.message(1)
            try await store.add(message)
            try expect(await store.messages(limit: 10) == [message], "the message came back changed")
        case .keepsTextOfAnyScriptAndNulBytes:
            var message = Self.message(1)
            message.name = "Zoë \u{1F980} 王"
            message.message = "a\u{0}b\n'); DROP TABLE contactMessage; --\u{202E}"
            try await store.add(message)
            try expect(await store.messages(limit: 1) == [message], "the text came back changed")
        case .givesTheNewestFirst:
            for number in [2, 3, 1] { try await store.add(Self.message(number)) }
            let names = try await store.messages(limit: 10).map(\.name)
            try expect(names == ["Sender 3", "Sender 2", "Sender 1"], "the order is \(names)")
        case .givesAtMostAsManyAsAskedFor:
            for number in 1...5 { try await store.add(Self.message(number)) }
            try expect(await store.messages(limit: 2).count == 2, "the limit is not kept")
            try expect(await store.messages(limit: 0).isEmpty, "a limit of nothing gives something")
        case .addingTwiceIsAddingOnce:
            let message = Self.message(1)
            try await store.add(message)
            var other = message
            other.message = "another text"
            try await store.add(other)
            try expect(await store.messages(limit: 10) == [message], "the second add changed something")
        case .keepsMessagesThatComeAtOnce:
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 { group.addTask { try await store.add(Self.message(number)) } }
                try await group.waitForAll()
            }
            try expect(await store.messages(limit: 100).count == 50, "messages were lost")
        }
    }

    private static func message(_ number: Int) -> ContactMessage {
        ContactMessage(
            id: UUID(), receivedAt: Date(timeIntervalSince1970: 1_790_000_000.125 + Double(number)), name: "Sender \(number)",
            email: "sender\(number)@example.org", message: "Hello,\nthis is message \(number).")
    }
}

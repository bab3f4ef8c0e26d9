import Foundation
import Identity
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// A site with people who have accounts.
enum AccountSite {
    private static let notes = ["index.md": "# Home", "a.md": "# A page"]
    static let password = "a long enough secret"

    /// Somebody with an account and a session.
    static func enter(_ site: LoopbackSite, _ email: String, role: Role = .user, agent: String = "curl/8") async throws -> String {
        _ = try? await site.accounts.create(email: email, name: "Name of \(email)", role: role, password: password, by: nil, .terminal)
        let answer = try await site.post("/sign-in", "email=\(email)&password=\(password)", headers: ["User-Agent": agent])
        #expect(answer.status == 303)
        return try #require(answer.session)
    }

    static func run(
        _ settings: Accounts.Settings = Accounts.Settings(), now: @escaping @Sendable () -> Date = { Date(timeIntervalSince1970: 1_790_000_000) },
        test: (LoopbackSite) async throws -> Void
    ) async throws {
        try await LoopbackSite.run(notes, accounts: settings, now: now, test: test)
    }
}

/// A clock that a test moves.
final class SharedClock: Sendable {
    private let time: Mutex<Date>

    init(_ time: Date) { self.time = Mutex(time) }

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

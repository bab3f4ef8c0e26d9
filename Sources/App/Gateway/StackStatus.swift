import Foundation
import Gateway
import Identity
import RedisStore
import Rendering
import Synchronization

/// The parts of the stack as everybody may know them, and since when each is as it is.
final class StackStatus: Sendable {
    private let gateway: GatewayParts
    private let redis: RedisClient?
    private let accounts: Accounts
    private let now: @Sendable () -> Date
    private let since = Mutex<[String: (state: StatusBoard.Part.State, at: Date)]>([:])

    init(gateway: GatewayParts, redis: RedisClient?, accounts: Accounts, now: @escaping @Sendable () -> Date) {
        self.gateway = gateway
        self.redis = redis
        self.accounts = accounts
        self.now = now
    }

    func parts() async -> [StatusBoard.Part] {
        async let accounts = accountsState()
        let cache: StatusBoard.Part.State? = redis.map { if case .ready = $0.state { .works } else { .fails } }
        let link: StatusBoard.Part.State = if case .ready = gateway.link.state { .works } else { .fails }
        return [
            part("Website", .works), part("Signing in", await accounts), part("Gateway", link), part("Shared page cache", cache ?? .absent),
        ]
    }

    /// Whether accounts can be read now.
    private func accountsState() async -> StatusBoard.Part.State {
        do {
            _ = try await accounts.stores.sessions.existing([])
            _ = try await accounts.stores.users.user(email: Self.nobody)
            return .works
        } catch {
            return .fails
        }
    }

    private static let nobody: EmailAddress = {
        guard let address = EmailAddress("nobody@status.invalid") else { preconditionFailure("it is an address") }
        return address
    }()

    /// Times are known from when this process first saw a change.
    private func part(_ name: String, _ state: StatusBoard.Part.State) -> StatusBoard.Part {
        let at: Date? = since.withLock { since in
            if let known = since[name], known.state == state { return known.at }
            since[name] = (state, now())
            return since[name]?.at
        }
        return StatusBoard.Part(name, state, since: state == .absent ? nil : at)
    }
}

import Foundation
import Identity
import Logging
import ServiceLifecycle

/// What accounts need from time to time: the first administrator's link, the end of connections whose session ended
/// elsewhere, and the removal of what is over.
struct AccountUpkeep: Service {
    let accounts: Accounts
    let databases: AccountDatabases
    /// The site's own address; `nil` until it is served.
    let origin: @Sendable () -> String?
    /// Shows the one-time link to whoever started the server; it is no text for a log.
    let announce: @Sendable (String) -> Void
    let logger: Logger

    private static let sweepInterval = Duration.seconds(600)
    private static let checkInterval = Duration.seconds(5)

    func run() async throws {
        var isAnnounced = false
        var nextSweep = ContinuousClock.now
        var nextLink = ContinuousClock.now
        var nextCheck = ContinuousClock.now
        // Whether somebody administers the site is looked at as soon as it is served: a store that is empty only later was
        // replaced, and that is no first start.
        var pause = Duration.milliseconds(50)
        repeat {
            let now = ContinuousClock.now
            if !isAnnounced, now >= nextLink, let origin = origin() {
                nextLink = now + .seconds(5)
                pause = .seconds(1)
                isAnnounced = await announceFirstAdministrator(origin)
            }
            await quietly("Ended sessions are not looked for", accounts.endLostSessions)
            if now >= nextCheck {
                nextCheck = now + Self.checkInterval
                await quietly("A store of accounts does not answer", databases.check)
            }
            if now >= nextSweep {
                nextSweep = now + Self.sweepInterval
                await quietly("What has ended is not removed", { try await accounts.sweep() })
            }
            // Sleeping ends with an error only when the server stops.
        } while (try? await cancelWhenGracefulShutdown({ [pause] in try await Task.sleep(for: pause) })) != nil && !Task.isShuttingDownGracefully
        await databases.close()
    }

    /// - Returns: whether it is known that one is there, or a link was shown.
    private func announceFirstAdministrator(_ origin: String) async -> Bool {
        do {
            guard try await accounts.needsFirstAdministrator() else { return true }
            let token = try await accounts.makeFirstAdministratorLink()
            announce("\(origin)/sign-up?token=\(token.text)")
            return true
        } catch {
            logger.debug("Whether there is an administrator is not known: \(error)")
            return false
        }
    }

    private func quietly(_ words: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.debug("\(words): \(error)")
        }
    }
}

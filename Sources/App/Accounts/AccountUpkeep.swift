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

    /// Half of the second within which the streams of a session that ended elsewhere are to end.
    private static let endingsInterval = Duration.milliseconds(500)

    func run() async throws {
        await withTaskGroup { group in
            // By itself: a store that makes the rest wait does not keep a stream open.
            group.addTask {
                repeat {
                    await quietly("Ended sessions are not looked for", accounts.endLostSessions)
                } while await Self.sleep(Self.endingsInterval)
            }
            await tend()
        }
        await databases.close()
    }

    private func tend() async {
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
            if now >= nextCheck {
                nextCheck = now + Self.checkInterval
                await quietly("A store of accounts does not answer", databases.check)
            }
            if now >= nextSweep {
                nextSweep = now + Self.sweepInterval
                await quietly("What has ended is not removed", { try await accounts.sweep() })
            }
        } while await Self.sleep(pause)
    }

    /// - Returns: whether the server goes on.
    private static func sleep(_ time: Duration) async -> Bool {
        // `try?`: sleeping ends with an error only when the server stops.
        let hasSlept = (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: time) }) != nil
        return hasSlept && !Task.isShuttingDownGracefully
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

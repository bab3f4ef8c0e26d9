import Content
import Foundation
import Logging
import ServiceLifecycle
import Site
import Web

/// Watches the files, or what is applied of them, and the time, and publishes a new edition when
/// one of them changes what readers should see.
struct SitePublisher: Service {
    let loader: SiteLoader
    let site: PublishedSite
    let reloads: ReloadSignal?
    /// Where what is served changes by command only.
    let generations: GenerationFollower?
    let now: @Sendable () -> Date
    let logger: Logger

    /// Looking costs one `lstat` a file; it is repeated at most every `interval`
    /// and never takes more than a twentieth of a core.
    private var interval: Duration { reloads == nil ? .seconds(1) : .milliseconds(250) }

    func run() async throws {
        await withGracefulShutdownHandler {
            if let finished = await loader.finished() { await site.publish(finished) }
            var pause = interval
            // Sleeping ends with an error only when the server stops.
            while !Task.isShuttingDownGracefully, (try? await cancellableSleep(pause)) != nil {
                let start = ContinuousClock.now
                let hasPublished = await look()
                pause = hasPublished ? interval : max(interval, (ContinuousClock.now - start) * 20)
                if let next = site.current.site.nextChange { pause = min(pause, .seconds(max(0.01, next.timeIntervalSince(now())))) }
            }
        } onGracefulShutdown: {
            reloads?.finish()
        }
    }

    private func cancellableSleep(_ duration: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    /// - Returns: whether there was something new, which takes longer than looking.
    private func look() async -> Bool {
        do {
            let applied = await generations?.follow()
            if let applied { await loader.use(applied) }
            guard let edition = try await loader.loadIfChanged(now: now()) else { return false }
            let known = Set(site.current.site.diagnostics)
            // Readers keep the old edition meanwhile; an author should not wait longer than it takes to look up.
            let end = ContinuousClock.now + .milliseconds(200)
            await site.publish(edition, preparing: applied == nil ? .ready { ContinuousClock.now >= end } : .all)
            await generations?.isServed()
            logger.info("The site has \(edition.site.pages.count) pages after a change")
            for diagnostic in edition.site.diagnostics where !known.contains(diagnostic) { logger.log(diagnostic) }
            reloads?.send()
            return true
        } catch {
            logger.error("The change is not shown, the site stays as it was: \(error)")
            return false
        }
    }
}

extension Logger {
    func log(_ diagnostic: Diagnostic) {
        log(level: diagnostic.severity == .error ? .error : .warning, "\(diagnostic.location): \(diagnostic.message); \(diagnostic.remedy)")
    }
}

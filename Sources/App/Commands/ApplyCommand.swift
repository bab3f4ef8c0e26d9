import ArgumentParser
import Content
import Foundation
import Logging
import NIOCore
import NIOPosix
import PageCache
import RedisStore
import Site
import Web

/// `landing apply`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the files as they are now public, where LANDING_PUBLISH is apply.",
        discussion: """
            Keeps a copy of the files in LANDING_DATA, renders what changes, and then lets every server switch to it. \
            A server whose files are other ones keeps what it serves, and /readyz says so.

            Exit codes: 0 if it is applied, 2 if something would break and --breaking is not given, 1 for anything else.
            """)

    @Flag(help: "Return to the generation before the current one; may be repeated.")
    var rollback = false

    @Flag(help: "Apply also what makes addresses or links break.")
    var breaking = false

    func run() async throws {
        // Before any library is loaded that not every command loads.
        _ = Program.name
        let settings = try Environment.settings()
        guard settings.publish == .apply else {
            throw Environment.complain(
                "\(SettingKey.publish.rawValue) is live: a saved file is public by itself; set it to apply for the server and for this command",
                exit: Environment.wrongConfiguration)
        }
        let redis = await connect(settings)
        do {
            try await apply(settings, redis)
        } catch let error as ExitCode {
            await redis?.shutdown()
            throw error
        } catch {
            await redis?.shutdown()
            throw Environment.complain("\(error)", exit: .failure)
        }
        await redis?.shutdown()
    }

    private func apply(_ settings: ServerSettings, _ redis: RedisClient?) async throws {
        let store = settings.generations
        let progress = ProgressLine()
        defer { progress.clear() }
        let appointment: Appointment
        if rollback {
            appointment = try store.rollBack(since: await moment(redis))
        } else {
            let generation = try store.keep(settings.files) { progress.show("Copying  ", $0, of: $1) }
            if generation == store.current?.generation {
                progress.clear()
                // Somebody may not have heard of it.
                if let current = store.current { await announce(current, redis) }
                return Environment.write("Nothing to apply: generation \(generation.short) is the current one.\n")
            }
            let new = try await edition(settings, generation)
            let old = try await servedNow(settings)
            let plan = SitePlan(from: old, to: SiteSummary(new.manifest, of: new.site))
            progress.clear()
            Environment.write(PlanText(plan: plan).text)
            if plan.breaks, !breaking {
                Environment.writeError(
                    "landing: \(Style.red.on("error", .standardError)): something would break; mend it, or apply it with --breaking\n")
                throw ExitCode(2)
            }
            try await render(new, changedFrom: old, settings, redis, progress)
            appointment = try store.appoint(generation, since: await moment(redis))
        }
        progress.clear()
        Environment.write("\(rollback ? "Returned to" : "Applied") generation \(Style.bold.on(appointment.generation.short))\n")
        await announce(appointment, redis)
        try await waitForServer(settings, appointment.generation, progress)
    }

    /// Now, and later than what was announced by a machine whose clock is ahead.
    private func moment(_ redis: RedisClient?) async -> Double {
        let now = Date().timeIntervalSince1970
        // Without an answer it is told again when there is one.
        guard let redis, let announced = try? await GenerationFollower.announced(redis) else { return now }
        return max(now, announced.since + 0.001)
    }

    /// Not what is worked on, which may change meanwhile: what was copied.
    private func edition(_ settings: ServerSettings, _ generation: GenerationID) async throws -> Edition {
        let loader = SiteLoader(settings, isDevelopment: false, preparesAssets: false)
        await loader.use(settings.generations.files(of: generation))
        return try await loader.load(now: Date())
    }

    private func servedNow(_ settings: ServerSettings) async throws -> SiteSummary {
        guard let current = settings.generations.current else { return SiteSummary.nothing }
        let edition = try await edition(settings, current.generation)
        return SiteSummary(edition.manifest, of: edition.site)
    }

    /// Renders and compresses what changes; with Redis, servers find it there. What cannot be rendered is found out now.
    private func render(
        _ edition: Edition, changedFrom old: SiteSummary, _ settings: ServerSettings, _ redis: RedisClient?, _ progress: ProgressLine
    ) async throws {
        var configuration = PageCache.Configuration()
        configuration.build = Program.name
        let cache = PageCache(
            configuration, shared: redis.map(RedisSharedCache.init), hash: .sha256, now: { ContinuousClock.now },
            sleep: { try await Task.sleep(for: $0) })
        let changed = edition.manifest.entries.filter { old.items[$0.key]?.digest != $0.value.digest.description }.sorted { $0.key < $1.key }
        progress.show("Rendering", 0, of: changed.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = changed[...]
            for done in 0..<changed.count {
                // As many at once as there are processors: what is rendered is not needed here.
                while let (address, entry) = waiting.first, waiting.startIndex - done < ProcessInfo.processInfo.activeProcessorCount {
                    waiting.removeFirst()
                    group.addTask { _ = try await cache.prepare(address, digest: entry.digest) { try edition.content(of: entry.resource) } }
                }
                try await group.next()
                progress.show("Rendering", done + 1, of: changed.count)
            }
        }
        progress.clear()
        Environment.write("Rendered \(changed.count) answers\(redis == nil ? "" : "; servers find them in Redis")\n")
    }

    // MARK: Servers

    private func connect(_ settings: ServerSettings) async -> RedisClient? {
        guard let url = settings.redis else { return nil }
        do throws(RedisError) {
            let client = try RedisClient(
                url: url, group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "landing") { _ in SwiftLogNoOpLogHandler() },
                now: { ContinuousClock.now }, jitter: { Double.random(in: 0..<1) })
            client.start()
            try await client.waitUntilReady(within: .seconds(2))
            return client
        } catch {
            warn("Redis does not answer (\(error)); servers on other machines hear of it when it is back")
            return nil
        }
    }

    private func announce(_ appointment: Appointment, _ redis: RedisClient?) async {
        guard let redis else { return }
        do throws(RedisError) {
            try await GenerationFollower.announce(appointment, redis)
        } catch {
            warn("Redis cannot be told (\(error)); servers on other machines hear of it when it is back")
        }
    }

    /// Until the server of these settings serves it, which may have much to get ready.
    private func waitForServer(_ settings: ServerSettings, _ generation: GenerationID, _ progress: ProgressLine) async throws {
        let address = "http://\(settings.ownHost)"
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let served: SiteSummary
            do {
                served = try await ServedSite.summary(at: address, token: settings.metricsToken)
            } catch let problem as ServedSite.Unreachable where problem.isNobodyThere {
                progress.clear()
                return Environment.write("No server answers at \(address); the next one that starts serves it.\n")
            }
            if served.generation == generation.description {
                progress.clear()
                return Environment.write("\(address) serves it\n")
            }
            guard served.generation != nil else {
                progress.clear()
                throw Environment.complain(
                    "\(address) publishes live; start it with \(SettingKey.publish.rawValue)=apply, and it serves this generation", exit: .failure)
            }
            progress.show("Waiting until \(address) serves it")
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Environment.complain("\(address) does not serve it after 2 minutes; its log and \(address)/readyz say why", exit: .failure)
    }

    private func warn(_ message: String) {
        Environment.writeError("landing: \(Style.yellow.on("warning", .standardError)): \(message)\n")
    }
}

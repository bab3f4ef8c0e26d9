import Content
import CoreMetrics
import Crypto
import Dispatch
import Foundation
import HTTPEdge
import Identity
import Logging
import MongoStore
import NIOCore
import NIOPosix
import PageCache
import QRCode
import RedisStore
import Rendering
import SQLiteStore
import ServiceLifecycle
import Site
import Telemetry
import UnixSignals
import Web

/// The composition root: makes every part, hands each what it needs, runs them.
struct Server {
    let settings: ServerSettings
    let isDevelopment: Bool
    let logger: Logger
    /// The time of day; what is public, and when whatever happens happened, goes by it.
    let now: @Sendable () -> Date
    /// Called with the address once the server listens.
    let onRunning: @Sendable (_ address: String, _ site: SiteSnapshot) -> Void
    /// Called with the link that makes the first administrator, while there is none.
    let onFirstStart: @Sendable (_ link: String) -> Void

    /// Serves until SIGTERM or SIGINT, then lets running requests finish.
    ///
    /// - Throws: ``StartProblem``.
    func run() async throws {
        let registry = PrometheusRegistry(help: HTTPRequestMetrics.help)
        registry.onRender(ProcessMetrics().samples)
        try makeDataFolder()
        let loader = SiteLoader(settings, isDevelopment: isDevelopment, results: keptResults())
        let redis = try await connectRedis(registry)
        let generations = try await followGenerations(loader, redis)
        // Takes longest, and has a thread of its own. No child: whatever else cannot be used is said without waiting for it.
        let loading = Task { [now] in try await loader.load(now: now(), finishes: false) }
        let sqlite = try openDatabase()
        let databases = try await AccountDatabases.open(
            settings, sqlite: sqlite, redis: redis, logger, onCall: AccountStoreMetrics(registry).record)
        registry.onRender(databases.samples)
        let broadcast = redis.map { SessionBroadcast(client: $0, id: RequestIDs(seed: .random(in: .min ... .max)).next()) }
        let accounts = Accounts(
            databases.stores, settings, now: now, attempts: redis.map { RedisAttemptLimiter($0) } ?? MemoryAttemptLimiter(),
            endings: SessionEndings { ended in broadcast?.tell(ended) })
        let gateway = try GatewayParts(settings, accounts: accounts, redis: redis, registry: registry, now: now, logger: logger)
        let contact = ContactServices(
            store: SQLiteContactMessageStore(sqlite), now: now, makeID: { UUID() }, authenticate: Self.authenticator())
        let edition = try await loading.value
        for diagnostic in edition.site.diagnostics { logger.log(diagnostic) }
        let cache = makeCache(redis, registry)
        let site = PublishedSite(edition, cache: cache)
        let reloads = isDevelopment ? ReloadSignal() : nil
        let requests = HTTPRequestMetrics(factory: registry)
        let connections = OpenConnections()
        registry.onRender { [.gauge("http_connections_open", Double(connections.current))] }
        let observation = Observation(
            now: { ContinuousClock.now }, record: { requests.record(status: $0, method: $1, route: $2, duration: $3) }, render: registry.render,
            metricsToken: settings.metricsToken)
        let personal = PersonalPages(site: site, accounts: accounts)
        let router = makeRouter(
            site: site, contact: contact,
            accounts: AccountServices(accounts: accounts, drawCode: { QRCode($0)?.svg(label: "QR code for your authenticator app") }),
            personal: personal, gateway: gateway.services,
            dashboard: gateway.dashboard(
                accounts: accounts, redis: redis, workflows: databases.mongodb.map(MongoWorkflowStore.init), logger: logger),
            proxies: settings.trustedProxies, observation: observation, reloads: reloads,
            parts: {
                let applied = generations.map { [("generation", $0.status.words)] } ?? []
                return applied + databases.parts + (redis.map { [("redis", Self.words($0.state))] } ?? []) + [("gateway", gateway.words)]
            },
            generation: { generations?.status.generation })
        var edge = EdgeConfiguration(
            limits: Self.edgeLimits(), connections: connections, date: HTTPDate { [now] in Int(now().timeIntervalSince1970) },
            makeRequestID: RequestIDs(seed: .random(in: .min ... .max)).next,
            onRefusal: { requests.record(status: $0, method: "other", route: "edge", duration: .zero) },
            cache: cache)
        edge.onReady = Self.count(requests)
        edge.personalAnswer = personal.readyAnswer
        let passed = requests.series(status: 200, method: "GET", route: DirectGatewayCalls.route)
        let direct = DirectGatewayCalls(
            gateway.services, accounts: accounts, origin: site.current.site.settings.origin, router: router, observation: observation,
            logger: Self.quiet(logger), onAnswer: passed.record)
        edge.direct = DirectSite(takes: DirectGatewayCalls.takes) { exchange in direct.begin(exchange) }
        let served = ServedAddress()
        let server = EdgeServer(
            host: settings.hostname, port: settings.port, configuration: edge, logger: Self.quiet(logger),
            onRunning: { [settings] address in
                let host = settings.hostname.contains(":") ? "[\(settings.hostname)]" : settings.hostname
                let own = "http://\(host):\(address?.port ?? settings.port)"
                onRunning(own, site.current.site)
                // With any free port, browsers on this machine know the site by the one that was free.
                served.value = settings.port == 0 ? own : site.current.site.settings.origin
            },
            responder: makeResponder(router, logger: Self.quiet(logger)))
        let publisher = SitePublisher(loader: loader, site: site, reloads: reloads, generations: generations, now: now, logger: logger)
        // Services stop in the reverse order: the publisher and the gateway end the streams that the server would wait for.
        var services: [any Service] = [server, publisher, gateway.service, HeapTrimmer(connections: connections)]
        // Requests that are being answered still need the stores, and are written down.
        services.insert(gateway.audit, at: 0)
        services.insert(
            AccountUpkeep(
                accounts: accounts, databases: databases, origin: { served.value }, announce: onFirstStart, logger: logger),
            at: 0)
        if let broadcast { services.append(broadcast.listener(for: accounts.endings)) }
        // Needed until the last answer is out.
        if let redis { services.insert(RedisService(client: redis), at: 0) }
        // Without names of ours, each is printed with all that it holds, the whole site and what is secret among it.
        let named = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0, serviceName: "\(type(of: $0))") }
        var lifecycle = ServiceGroupConfiguration(services: named, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
        // Running requests may finish; whoever takes longer is cut off before a container engine loses its patience.
        lifecycle.maximumGracefulShutdownDuration = .seconds(8)
        let group = ServiceGroup(configuration: lifecycle)
        do {
            try await group.run()
        } catch let error as IOError {
            throw startProblem(error)
        }
    }

    /// Ready answers are so quick that finding their counters would be a part of their cost.
    private static func count(_ requests: HTTPRequestMetrics) -> @Sendable (ReadyAnswer) -> Void {
        func series(_ status: Int, _ method: String) -> HTTPRequestMetrics.Series {
            requests.series(status: status, method: method, route: "cache")
        }
        let (get, head) = (series(200, "GET"), series(200, "HEAD"))
        let (unchangedGet, unchangedHead) = (series(304, "GET"), series(304, "HEAD"))
        return { answer in
            let series = answer.isHead ? (answer.isUnchanged ? unchangedHead : head) : (answer.isUnchanged ? unchangedGet : get)
            series.record(answer.time)
        }
    }

    /// Connects without waiting for a server that does not answer: the site does without it until it does.
    private func connectRedis(_ registry: PrometheusRegistry) async throws -> RedisClient? {
        guard let url = settings.redis else { return nil }
        let commands = RedisOutcome.allCases.map { outcome in
            (outcome, registry.makeCounter(label: "redis_commands_total", dimensions: [("outcome", outcome.rawValue)]))
        }
        let counters = Dictionary(uniqueKeysWithValues: commands)
        let client: RedisClient
        do throws(RedisError) {
            client = try RedisClient(
                url: url, group: MultiThreadedEventLoopGroup.singleton, logger: logger, now: { ContinuousClock.now },
                jitter: { Double.random(in: 0..<1) }, onCommand: { counters[$0]?.increment(by: 1) })
        } catch {
            throw StartProblem.redis(error)
        }
        client.start()
        // A server that is down is said in the log, and used once it is up.
        try? await client.waitUntilReady(within: .milliseconds(300))
        return client
    }

    /// Drafts and what is worked on are what `--dev` is for: it shows the files themselves.
    private func followGenerations(_ loader: SiteLoader, _ redis: RedisClient?) async throws -> GenerationFollower? {
        guard settings.publish == .apply, !isDevelopment else { return nil }
        let follower = GenerationFollower(store: settings.generations, files: settings.files, redis: redis, now: now, logger: logger)
        do {
            await loader.use(try await follower.begin())
        } catch let failure as GenerationStore.Failure {
            throw StartProblem.generations(failure)
        }
        return follower
    }

    private func makeCache(_ redis: RedisClient?, _ registry: PrometheusRegistry) -> PageCache {
        var configuration = PageCache.Configuration()
        configuration.capacity = settings.cacheBytes
        configuration.build = Program.name
        configuration.commonFields = SecurityHeaders.fields
        let events = PageCacheMetrics(registry)
        return PageCache(
            configuration, shared: redis.map(RedisSharedCache.init), hash: .sha256, now: { ContinuousClock.now },
            sleep: { try await Task.sleep(for: $0) }, onEvent: events.record)
    }

    private static func words(_ state: RedisState) -> String {
        switch state {
        case .connecting: "connecting"
        case .ready: "ready"
        case .unavailable(let reason, let since): "unavailable for \((ContinuousClock.now - since).components.seconds) s: \(reason)"
        }
    }

    /// What earlier runs have computed; a program that has no name cannot tell its own from another's.
    private func keptResults() -> ResultsFile? {
        guard !Program.name.isEmpty else { return nil }
        return ResultsFile(path: "\(settings.data)/results", program: Program.name) { [logger] reason in
            logger.warning("nothing is kept for the next start, which will take longer: \(reason)")
        }
    }

    private func makeDataFolder() throws {
        do {
            try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        } catch {
            throw StartProblem.data(settings.data, error)
        }
    }

    private func openDatabase() throws -> SQLiteDatabase {
        do {
            return try SQLiteDatabase(path: "\(settings.data)/landing.sqlite")
        } catch {
            throw StartProblem.data(settings.data, error)
        }
    }

    private func startProblem(_ error: IOError) -> StartProblem {
        switch error.errnoCode {
        case EADDRINUSE: .portInUse(settings.port, settings.hostname)
        case EACCES: .portForbidden(settings.port)
        default: .address(settings.hostname, settings.port, error)
        }
    }

    /// As many connections as there may be descriptors, less what the process needs itself.
    private static func edgeLimits() -> EdgeLimits {
        var limits = EdgeLimits()
        var descriptors = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors) == 0 {
            descriptors.rlim_cur = descriptors.rlim_max
            // Refused, the limit stays what it was, and is what is read next.
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
            limits.connections = max(16, min(limits.connections, Int(clamping: descriptors.rlim_cur) - 128))
        }
        return limits
    }

    /// HMAC-SHA256 under a key of this process; what it proves is short-lived.
    private static func authenticator() -> @Sendable (String) -> String {
        let key = SymmetricKey(size: .bits256)
        return { text in
            HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    /// Hummingbird and the lifecycle announce themselves; only their warnings matter here.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .notice)
        return logger
    }
}

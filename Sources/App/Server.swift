import Content
import Crypto
import Foundation
import HTTPEdge
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PageCache
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
    /// Called with the address once the server listens.
    let onRunning: @Sendable (_ address: String, _ site: SiteSnapshot) -> Void

    /// Serves until SIGTERM or SIGINT, then lets running requests finish.
    ///
    /// - Throws: ``StartProblem``.
    func run() async throws {
        let loader = SiteLoader(settings, isDevelopment: isDevelopment)
        let edition = try await loader.load(now: Date())
        for diagnostic in edition.site.diagnostics { logger.log(diagnostic) }
        let cache = makeCache()
        let site = PublishedSite(edition, cache: cache)
        let reloads = isDevelopment ? ReloadSignal() : nil
        let contact = ContactServices(
            store: SQLiteContactMessageStore(try openDatabase()), now: { Date() }, makeID: { UUID() }, authenticate: Self.authenticator())
        let registry = PrometheusRegistry(help: HTTPRequestMetrics.help)
        registry.onRender(ProcessMetrics().samples)
        let requests = HTTPRequestMetrics(factory: registry)
        let connections = ConnectionCount()
        registry.onRender { [.gauge("http_connections_open", Double(connections.current))] }
        let observation = Observation(
            now: { ContinuousClock.now }, record: { requests.record(status: $0, method: $1, route: $2, duration: $3) }, render: registry.render,
            metricsToken: settings.metricsToken)
        let router = makeRouter(site: site, contact: contact, proxies: settings.trustedProxies, observation: observation, reloads: reloads)
        var edge = EdgeConfiguration(
            limits: Self.edgeLimits(), connections: connections, date: HTTPDate { Int(Date().timeIntervalSince1970) },
            makeRequestID: Self.makeRequestID, onRefusal: { requests.record(status: $0, method: "other", route: "edge", duration: .zero) },
            cache: cache)
        edge.onReady = { requests.record(status: $0, method: "GET", route: "cache", duration: $1) }
        let application = Application(
            router: router,
            server: .edge(edge),
            configuration: ApplicationConfiguration(address: .hostname(settings.hostname, port: settings.port), backlog: 1024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                let host = settings.hostname.contains(":") ? "[\(settings.hostname)]" : settings.hostname
                onRunning("http://\(host):\(port)", site.current.site)
            },
            logger: Self.quiet(logger))
        let publisher = SitePublisher(loader: loader, site: site, reloads: reloads, now: { Date() }, logger: logger)
        // Services stop in the reverse order: the publisher ends the streams that the application would wait for.
        let services: [any Service] = [application, publisher, HeapTrimmer(connections: connections)]
        var lifecycle = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
        // Running requests may finish; whoever takes longer is cut off before a container engine loses its patience.
        lifecycle.maximumGracefulShutdownDuration = .seconds(8)
        let group = ServiceGroup(configuration: lifecycle)
        do {
            try await group.run()
        } catch let error as IOError {
            throw startProblem(error)
        }
    }

    private func makeCache() -> PageCache {
        var configuration = PageCache.Configuration()
        configuration.capacity = settings.cacheBytes
        configuration.commonFields = SecurityHeaders.fields
        return PageCache(configuration, hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
    }

    private func openDatabase() throws -> SQLiteDatabase {
        do {
            try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
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

    /// 64 random bits in hexadecimal.
    @Sendable private static func makeRequestID() -> String {
        let number = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - number.count) + number
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

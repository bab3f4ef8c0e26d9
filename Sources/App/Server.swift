import Crypto
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Rendering
import SQLiteStore
import ServiceLifecycle
import Site
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
        let site = PublishedSite(edition)
        let reloads = isDevelopment ? ReloadSignal() : nil
        let contact = ContactServices(
            store: SQLiteContactMessageStore(try openDatabase()), now: { Date() }, makeID: { UUID() }, authenticate: Self.authenticator())
        let router = makeRouter(site: site, contact: contact, reloads: reloads, makeRequestID: Self.makeRequestID)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(settings.hostname, port: settings.port), backlog: 1024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                let host = settings.hostname.contains(":") ? "[\(settings.hostname)]" : settings.hostname
                onRunning("http://\(host):\(port)", site.current.site)
            },
            logger: Self.quiet(logger))
        let publisher = SitePublisher(loader: loader, site: site, reloads: reloads, now: { Date() }, logger: logger)
        let services: [any Service] = [publisher, application]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger)))
        do {
            try await group.run()
        } catch let error as IOError {
            throw startProblem(error)
        }
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

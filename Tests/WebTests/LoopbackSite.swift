import BlockingCalls
import Content
import Crypto
import Foundation
import HTTPEdge
import Hummingbird
import Identity
import Logging
import NIOCore
import PageCache
import Passwords
import Rendering
import SQLiteStore
import Site
import Synchronization
import TestSupport
import Testing

@testable import Web

/// A site on a free port of this machine.
struct LoopbackSite {
    let port: Int
    let folder: TemporaryFolder
    let published: PublishedSite
    let reloads: ReloadSignal
    let accounts: Accounts

    func get(_ target: String, headers: [String: String] = [:]) async throws -> HTTPExchange {
        try await HTTPExchange.send("GET", target, port: port, headers: headers)
    }

    func post(_ target: String, _ body: String, headers: [String: String] = [:]) async throws -> HTTPExchange {
        try await HTTPExchange.send(
            "POST", target, port: port,
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"].merging(headers) { $1 }, body: body)
    }

    /// The project's own assets, encoded once for all tests.
    private static let publicFolder = Result {
        let assets = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        return (assets, PreparedAssets(assets))
    }

    /// Serves `files` as notes while `test` runs.
    static func run(
        _ files: [String: String], store: any ContactMessageStore = MemoryContactMessageStore(),
        accounts settings: Accounts.Settings = Accounts.Settings(), origin: String = "https://agents.example",
        record: @escaping @Sendable (Int, String, String, Duration) -> Void = { _, _, _, _ in },
        onCacheEvent: @escaping @Sendable (PageCache.Event) -> Void = { _ in },
        now: @escaping @Sendable () -> Date = { Date(timeIntervalSince1970: 1_790_000_000) }, test: (LoopbackSite) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder(files)
        let (assets, prepared) = try Self.publicFolder.get()
        let templates = try TemplateLibrary(TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: assets)
        let site = try ContentLoader(folder: folder.path).load(
            now: now(), ContentLoader.Surroundings(origin: origin, assets: assets, templates: templates.pageTemplates))
        let documents = SiteDocuments(templates: templates, assets: assets)
        let cache = PageCache(
            PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) },
            onEvent: onCacheEvent)
        let published = PublishedSite(
            Edition(
                site: site, documents: documents, assets: PreparedAssets(assets, site.attachments, reusing: prepared),
                manifest: documents.manifest(of: site, hash: .sha256)), cache: cache)
        let reloads = ReloadSignal()
        let services = ContactServices(store: store, now: now, makeID: { UUID() }, authenticate: { "code-of-\($0)" })
        let observation = Observation(now: { ContinuousClock.now }, record: record, render: { "counted 1\n" }, metricsToken: "a-token-of-the-tests")
        let accounts = try Self.accounts(settings, now: now)
        let personal = PersonalPages(site: published, accounts: accounts)
        let router = makeRouter(
            site: published, contact: services, accounts: AccountServices(accounts: accounts, drawCode: { _ in "<svg></svg>" }), personal: personal,
            proxies: try #require(TrustedProxies("127.0.0.1")), observation: observation, reloads: reloads)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var configuration = EdgeConfiguration(date: HTTPDate { 0 }, makeRequestID: { "0123456789abcdef" }, cache: cache)
        configuration.personalAnswer = personal.readyAnswer
        let edge = EdgeServer(
            host: "127.0.0.1", port: 0, configuration: configuration, logger: .silent, onRunning: { listening.yield($0?.port ?? 0) },
            responder: makeResponder(router, logger: .silent))
        let server = Task { try await edge.run() }
        defer { server.cancel() }
        for await port in ports {
            try await test(LoopbackSite(port: port, folder: folder, published: published, reloads: reloads, accounts: accounts))
            reloads.finish()
            return
        }
    }
}

extension LoopbackSite {
    /// In a database of their own; passwords are hashed with little memory.
    private static func accounts(_ settings: Accounts.Settings, now: @escaping @Sendable () -> Date) throws -> Accounts {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("landing-accounts-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = try SQLiteDatabase(path: "\(folder)/landing.sqlite")
        var parameters = Argon2id.Parameters()
        parameters.memory = 64
        let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: 0...255) } }
        return Accounts(
            stores: Accounts.Stores(
                users: SQLiteUserStore(database), sessions: SQLiteSessionStore(database), links: SQLiteOneTimeLinkStore(database),
                audit: SQLiteAuditLog(database), events: SQLiteEventLog(database), lookup: SQLiteSessionLookup(database)),
            hasher: Argon2id(
                parameters: parameters, calls: BlockingCalls(name: "hashing", threads: 2, line: 20, now: { ContinuousClock.now }), random: random),
            attempts: MemoryAttemptLimiter(), endings: SessionEndings(),
            means: Accounts.Means(
                now: now, makeID: { UUID() }, randomBytes: random, sha256: { Array(SHA256.hash(data: $0)) },
                hmacSHA1: { Array(HMAC<Insecure.SHA1>.authenticationCode(for: $1, using: SymmetricKey(data: $0))) }),
            settings: settings)
    }

    /// What an authenticator app shows.
    var codes: TimeBasedCode {
        TimeBasedCode(hmacSHA1: { Array(HMAC<Insecure.SHA1>.authenticationCode(for: $1, using: SymmetricKey(data: $0))) })
    }

    /// Everything that a browser sends with a session.
    func post(_ target: String, _ body: String, session: String?) async throws -> HTTPExchange {
        try await post(target, body, headers: session.map { ["Cookie": "__Host-session=\($0)"] } ?? [:])
    }

    func get(_ target: String, session: String) async throws -> HTTPExchange {
        try await get(target, headers: ["Cookie": "__Host-session=\(session)"])
    }
}

extension HTTPExchange {
    /// The session that the answer begins.
    var session: String? {
        header("Set-Cookie").flatMap { $0.firstMatch(of: /^__Host-session=([A-Za-z0-9_-]{43});/).map { String($0.output.1) } }
    }
}

/// Keeps messages for a test; fails while it is told to.
final class MemoryContactMessageStore: ContactMessageStore {
    private let kept = Mutex<[ContactMessage]>([])
    private let failure: (any Error)?

    init(failure: (any Error)? = nil) { self.failure = failure }

    func add(_ message: ContactMessage) async throws {
        if let failure { throw failure }
        kept.withLock { $0.append(message) }
    }

    func messages(limit: Int) async throws -> [ContactMessage] { kept.withLock { Array($0.reversed().prefix(limit)) } }
}

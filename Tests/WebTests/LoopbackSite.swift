import Content
import Foundation
import HTTPEdge
import Hummingbird
import Logging
import NIOCore
import PageCache
import Rendering
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
        record: @escaping @Sendable (Int, String, String, Duration) -> Void = { _, _, _, _ in },
        now: @escaping @Sendable () -> Date = { Date(timeIntervalSince1970: 1_790_000_000) }, test: (LoopbackSite) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder(files)
        let (assets, prepared) = try Self.publicFolder.get()
        let templates = try TemplateLibrary(TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: assets)
        let site = try ContentLoader(folder: folder.path).load(
            now: now(), ContentLoader.Surroundings(origin: "https://agents.example", assets: assets, templates: templates.pageTemplates))
        let documents = SiteDocuments(templates: templates, assets: assets)
        let cache = PageCache(
            PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
        let published = PublishedSite(
            Edition(
                site: site, documents: documents, assets: PreparedAssets(assets, site.attachments, reusing: prepared),
                manifest: documents.manifest(of: site, hash: .sha256)), cache: cache)
        let reloads = ReloadSignal()
        let services = ContactServices(store: store, now: now, makeID: { UUID() }, authenticate: { "code-of-\($0)" })
        let observation = Observation(now: { ContinuousClock.now }, record: record, render: { "counted 1\n" }, metricsToken: "a-token-of-the-tests")
        let router = makeRouter(
            site: published, contact: services, proxies: try #require(TrustedProxies("127.0.0.1")), observation: observation, reloads: reloads)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let edge = EdgeServer(
            host: "127.0.0.1", port: 0, configuration: EdgeConfiguration(date: HTTPDate { 0 }, makeRequestID: { "0123456789abcdef" }, cache: cache),
            logger: .silent, onRunning: { listening.yield($0?.port ?? 0) }, responder: makeResponder(router, logger: .silent))
        let server = Task { try await edge.run() }
        defer { server.cancel() }
        for await port in ports {
            try await test(LoopbackSite(port: port, folder: folder, published: published, reloads: reloads))
            reloads.finish()
            return
        }
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

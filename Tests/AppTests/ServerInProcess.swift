import Configuration
import Foundation
import TestSupport

@testable import App

/// A whole server in the process of the tests, whose time of day a test tells.
final class ServerInProcess: Sendable {
    struct Problem: Error {
        let reason: String
    }

    let port: Int
    private let running: Task<String, Never>

    init(_ environment: [String: String], now: @escaping @Sendable () -> Date) async throws {
        let own = ["PORT": "0", "LANDING_TEMPLATES": "\(Repository.path)/Templates", "LANDING_PUBLIC": "\(Repository.path)/Public"]
        let provider = EnvironmentVariablesProvider(environmentVariables: own.merging(environment) { $1 })
        let settings = try ServerSettings(ConfigReader(provider: provider))
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = Server(settings: settings, isDevelopment: false, logger: .silent, now: now) { address, _ in
            listening.yield(address.split(separator: ":").last.flatMap { Int($0) } ?? 0)
        } onFirstStart: { _ in
        }
        let running = Task {
            defer { listening.finish() }
            do {
                try await server.run()
                return "it has ended"
            } catch {
                return "\(error)"
            }
        }
        self.running = running
        var port: Int?
        for await one in ports {
            port = one
            break
        }
        guard let port else { throw Problem(reason: await running.value) }
        self.port = port
    }

    func get(_ target: String, headers: [String: String] = [:]) async throws -> HTTPExchange {
        try await HTTPExchange.send("GET", target, port: port, headers: headers)
    }

    func stop() async {
        running.cancel()
        _ = await running.value
        // The server takes them for itself; the tests are to end with them again.
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }
}

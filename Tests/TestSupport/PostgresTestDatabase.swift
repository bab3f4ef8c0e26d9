import Foundation

/// A database for one test, empty and its own: on a server that all tests of the process share, or on that of `POSTGRES_URI`.
public final class PostgresTestDatabase: Sendable {
    public let uri: String
    /// On a server that stays: the one that must remove it.
    private let keeper: (uri: String, name: String)?

    /// Whether there is a server, or can be one.
    public static var isAvailable: Bool { PostgresServer.programs != nil }

    public init() async throws {
        guard let given = ProcessInfo.processInfo.environment["POSTGRES_URI"], var parts = URLComponents(string: given) else {
            uri = try await Self.shared.value.makeDatabase()
            keeper = nil
            return
        }
        let name = "landing_test_\(UUID().uuidString.lowercased())"
        try await PostgresServer.execute("CREATE DATABASE \"\(name)\"", at: given)
        parts.path = "/\(name)"
        uri = parts.string ?? given
        keeper = (given, name)
    }

    deinit {
        guard let keeper else { return }
        Task {
            // Left behind, it is only one that nobody uses.
            try? await PostgresServer.execute("DROP DATABASE \"\(keeper.name)\" WITH (FORCE)", at: keeper.uri)
        }
    }

    private static let shared = Task { try await PostgresServer() }
}
